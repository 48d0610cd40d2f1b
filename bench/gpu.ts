// Acceptance on a card: whether this machine's NVIDIA card trains rightly, fast and without leaking, in under 15 minutes. Without one
// the same code runs on the processor with small networks, says so, and names every line that only a card can fill as not seen.
// --quick: a minute; no search, fewer cases. --parts=self-check,kernels,curves,steps,builds,computes,cycles,search limits it.
// PyTorch is compared where python3, or the Python that GPTNAS_PYTHON names, has it for the device.
import { join } from 'node:path'
import { CARD_LIMIT_MS } from '../src/engine/executors/time-limits'
import { forkedProcesses } from '../src/engine/executors/forked-processes'
import { measureTogether } from '../src/engine/benchmark/measure-together'
import { createWorkload } from '../src/engine/benchmark/workload'
import type { SelfCheck } from '../src/shared/contract/compute'
import { environmentFor } from '../src/shared/runtime/compute-environment'
import type { Precision } from '../src/shared/search/recipe'
import type { Held } from './cycles/compute'
import { bothBuilds, buildLines, ratioOf, type BuildFigures, type Turn } from './gpu/builds'
import { cards, watchCard } from './gpu/card'
import type { GpuJob } from './gpu/job'
import { computeLines, kernelLines, leakLines, precisionLines, stepLines, type Audited } from './gpu/judge'
import type { StepFigures } from './gpu/judge'
import { environmentOf, FLOAT32, modesFor, type Mode } from './gpu/modes'
import { batchesFor, networksFor } from './gpu/networks'
import { pytorchStep, pytorchVersion } from './gpu/pytorch'
import { chosenRuntime, ownRuntimes } from './gpu/runtime'
import { searchAndExport } from './gpu/search'
import { joined, onCard, seen, type Lines } from './gpu/seen'
import { checkout, equal, median, runBench, type BenchOptions, type Measured } from './harness'
import { askChild, type Answer, type Environment } from './train/peers'
import { CLASSES } from './train/networks'
import type { StepJob, StepTimes } from './train/steps'

/** Cases, steps and seconds of a whole measurement and of a quick one. */
const WHOLE = { curveSteps: 80, stepSeconds: 3, computeSeconds: 4, cycles: 200, computes: 4, limit: 600 }
const QUICK = { curveSteps: 60, stepSeconds: 0.5, computeSeconds: 1, cycles: 4, computes: 0, limit: 600 }
const PARTS = ['self-check', 'kernels', 'curves', 'steps', 'builds', 'computes', 'cycles', 'search'] as const
type Part = (typeof PARTS)[number]
/** Of the step of one build against the other's. */
const BUILD_TURNS = 4
/** Not in a quick measurement. */
const LONG: readonly Part[] = ['builds', 'computes', 'search']

interface Checked {
  readonly tensorflow: string
  readonly device: 'gpu' | 'cpu'
  readonly selfCheck: SelfCheck
}
type Measuring = Lines & { readonly results: unknown }

class Acceptance {
  private readonly size
  private environment: Environment = {}
  private isCard = false
  private proved: readonly Precision[] = []

  constructor(private readonly options: BenchOptions) {
    this.size = options.quick ? QUICK : WHOLE
  }

  private async ask<T>(job: GpuJob, mode: Mode, tell?: (line: string) => void): Promise<Answer<T>> {
    const command = [process.execPath, ['--expose-gc', process.argv[1] ?? '', '--part']] as const
    let rest = ''
    const lines = (piece: string): void => {
      const whole = (rest + piece).split('\n')
      rest = whole.pop() ?? ''
      for (const line of whole) tell?.(line)
    }
    const environment = { ...this.environment, ...environmentOf(mode) }
    // The first to touch a card waits for its driver, which may compile kernels.
    const limit = job.part === 'self-check' ? CARD_LIMIT_MS / 1000 : this.size.limit
    return askChild<T>(job.part, command, job, environment, limit, lines)
  }

  /** @throws Error with what the child died of */
  private async answer<T>(job: GpuJob, mode: Mode, tell?: (line: string) => void): Promise<T> {
    const outcome = await this.ask<T>(job, mode, tell)
    if ('problem' in outcome) throw new Error(outcome.problem)
    return outcome.answer
  }

  /** What the card is and what TensorFlow makes of it; every other part goes by it. */
  async selfCheck(): Promise<Measuring> {
    const candidate: SelfCheck = { oneDnn: true, groupedConvolution: true, allocator: 'bfc', notices: [] }
    const { environment, ...runtime } = await chosenRuntime()
    this.environment = { ...environment, ...environmentFor(candidate, 1), TF_FORCE_GPU_ALLOW_GROWTH: 'true' }
    const [found, checked] = [await cards(), await this.answer<Checked>({ part: 'self-check' }, FLOAT32)]
    const { selfCheck } = checked
    this.isCard = checked.device === 'gpu'
    this.proved = selfCheck.halfPrecision ?? []
    this.environment = { ...environment, ...environmentFor(selfCheck, 1), TF_FORCE_GPU_ALLOW_GROWTH: 'true' }
    const names = found.map(({ name }) => name).join(', ')
    this.options.note(`Runtime ${runtime.id}. ${runtime.note}`.trim())
    this.options.note(
      this.isCard
        ? `On ${names}.`
        : `No card computes here${found.length > 0 ? `, although nvidia-smi names ${names}` : ''}: the same code runs on the processor, with small networks.`,
    )
    return {
      results: { runtime, cards: found, ...checked },
      ...joined(
        seen(
          equal('kernels that the self-check found wrong', selfCheck.notices.length, 0),
          ...(found.length > 0 ? [equal('cards of this machine that TensorFlow uses', Number(this.isCard), 1)] : []),
        ),
        onCard(this.isCard, equal('half precisions proved on the card', this.proved.length, 2)),
      ),
    }
  }

  async kernels(): Promise<Measuring> {
    const results: Audited[] = []
    let under = 'starting'
    const parts = this.options.quick
      ? (['kinds'] as const)
      : (['kinds', 'blocks', 'recorded kinds', 'recorded blocks'] as const)
    const job = { part: 'kernels', parts, isQuick: this.options.quick } as const
    const outcome = await this.ask<unknown>(job, FLOAT32, (line) => {
      const told = JSON.parse(line) as { readonly started?: string } & Audited
      if (told.started !== undefined) under = told.started
      else if (told.part !== undefined) results.push(told)
    })
    const death = 'problem' in outcome ? `${outcome.problem} in ${under}` : null
    const worst = [...results].sort((a, b) => Number(b.error) - Number(a.error)).slice(0, 3)
    return { results: { cases: results.length, death, worst }, ...kernelLines(results, death, this.isCard) }
  }

  async curves(): Promise<Measuring> {
    const halves = ['mixed-float16', 'mixed-bfloat16'] as const
    // A processor emulates halves, one of which is enough for a quick look.
    const emulated = this.options.quick ? halves.slice(0, 1) : halves
    const precisions: readonly Precision[] = ['float32', ...(this.isCard ? this.proved : emulated)]
    const steps = this.size.curveSteps
    const found = await this.answer<Record<string, number[]>>({ part: 'curves', steps, precisions }, FLOAT32)
    const ends = Object.fromEntries(Object.entries(found).map(([name, losses]) => [name, losses.at(-1)]))
    const lines = precisionLines(found, CLASSES)
    const missing = halves.filter((one) => !precisions.includes(one))
    return { results: { steps, lastLoss: ends, missing }, ...lines }
  }

  async steps(): Promise<Measuring> {
    const version = pytorchVersion(this.isCard)
    const figures: StepFigures[] = []
    const problems: string[] = []
    const [networks, batches] = [networksFor(this.isCard), batchesFor(this.isCard)]
    for (const { name: network, graph } of this.options.quick ? networks.slice(0, 1) : networks)
      for (const batch of this.options.quick ? batches.slice(0, 1) : batches)
        for (const mode of modesFor(this.isCard)) {
          const what = `${network}, ${batch} images, ${mode.name}`
          const seconds = this.size.stepSeconds
          const rest = { images: 8 * batch, classes: CLASSES, warmUp: 5, threads: 1, channelsLast: this.isCard }
          const step: StepJob = { graph, batch, seconds, ...rest, precision: mode.precision }
          const work = this.ask<StepTimes & { readonly processorMs: number }>({ part: 'steps', step }, mode)
          const { result, busy } = await watchCard(this.isCard, work)
          if ('problem' in result) {
            problems.push(`${what}: ${result.problem}`)
            continue
          }
          const { times, processorMs, losses } = result.answer
          const peer = version === null ? null : await pytorchStep(step, mode, this.isCard)
          const pytorchMs = peer === null ? null : median(peer.times)
          figures.push({
            network,
            batch,
            mode: mode.name,
            times,
            hostMs: processorMs / losses.length,
            busy,
            pytorchMs,
          })
          this.options.note(
            `${what}: ${median(times).toFixed(1)} ms, ${Math.round((1000 * batch) / median(times))} images/s`,
          )
        }
    const told = figures.map(({ times, ...figure }) => {
      const middle = median(times)
      return { ...figure, stepMs: middle, bestMs: Math.min(...times), imagesPerSecond: (1000 * figure.batch) / middle }
    })
    const failed = seen(equal('settings whose step could not be measured', problems.length, 0))
    return {
      results: { pytorch: version, problems, settings: told },
      ...joined(failed, stepLines(figures, this.isCard)),
    }
  }

  /** Both builds on the processor, whatever the card of the machine. */
  async builds(): Promise<Measuring> {
    const sides = await bothBuilds(ownRuntimes())
    if (typeof sides === 'string')
      return {
        results: { missing: sides },
        checks: [],
        notSeen: [`both builds on the processor: ${sides} is not installed`],
      }
    const ask = async <T>(job: GpuJob, side: Environment): Promise<T> => {
      const command = [process.execPath, ['--expose-gc', process.argv[1] ?? '', '--part']] as const
      const outcome = await askChild<T>(job.part, command, job, { ...this.environment, ...side }, this.size.limit)
      if ('problem' in outcome) throw new Error(outcome.problem)
      return outcome.answer
    }
    const { device, tensorflow } = await ask<Checked>({ part: 'self-check' }, sides.cards)
    const figures: BuildFigures[] = []
    for (const { name: network, graph } of networksFor(false)) {
      const rest = {
        images: 256,
        classes: CLASSES,
        warmUp: 10,
        threads: 1,
        channelsLast: false,
        precision: 'float32',
      } as const
      const step: StepJob = { graph, batch: 32, seconds: this.size.stepSeconds, ...rest }
      const of = async (side: Environment): Promise<Turn> => {
        const told = await ask<StepTimes & { readonly processorMs: number }>({ part: 'steps', step }, side)
        return { stepMs: median(told.times), processorMs: told.processorMs / told.losses.length }
      }
      const [processors, cardsBuild]: Turn[][] = [[], []]
      for (let turn = 0; turn < BUILD_TURNS; turn++) {
        // Each side is the first as often as the other.
        if (turn % 2 === 0) processors!.push(await of(sides.processors))
        cardsBuild!.push(await of(sides.cards))
        if (turn % 2 === 1) processors!.push(await of(sides.processors))
      }
      figures.push({ network, processors: processors!, cards: cardsBuild! })
      const [byProcessor, byClock] = (['processorMs', 'stepMs'] as const).map((of) =>
        ratioOf(figures.at(-1)!, of).toFixed(3),
      )
      this.options.note(
        `${network}: build for cards / for processors ${byProcessor} by the processor, ${byClock} by the clock`,
      )
    }
    return { results: { tensorflow, device, figures }, ...buildLines(figures, device) }
  }

  async computes(): Promise<Measuring> {
    const start = forkedProcesses(join(checkout, 'out', 'main'))
    const workload = await createWorkload()
    const rates: number[] = []
    try {
      for (let count = 1; count <= this.size.computes; count++) {
        const environments = Array.from({ length: count }, () => this.environment as Record<string, string>)
        const signal = new AbortController().signal
        const seconds = this.size.computeSeconds
        const found = await measureTogether({ start, workload, environments, signal, seconds })
        rates.push(found.find(({ network }) => network === 'middle')?.imagesPerSecond ?? NaN)
        this.options.note(`${count} at once: ${Math.round(rates.at(-1) ?? NaN)} images/s`)
      }
    } finally {
      await workload.close()
    }
    return { results: { imagesPerSecond: rates }, ...computeLines(rates, this.isCard) }
  }

  async cycles(): Promise<Measuring> {
    const held: Held[] = []
    const { cycles } = this.size
    const work = this.answer({ part: 'cycles', cycles }, FLOAT32, (line) => {
      if (line.startsWith('{"residentBytes"')) held.push(JSON.parse(line) as Held)
    })
    const { bytes } = await watchCard(this.isCard, work)
    return {
      results: { cycles: held.length, first: held[0], last: held.at(-1) },
      ...leakLines(held, bytes, this.isCard),
    }
  }

  search(): Promise<Measuring> {
    return searchAndExport(this.isCard, this.options.note)
  }
}

/** In their order; a quick measurement leaves out what is long. */
function wanted(quick: boolean): readonly Part[] {
  const asked = process.argv
    .find((argument) => argument.startsWith('--parts='))
    ?.slice('--parts='.length)
    .split(',')
  if (asked !== undefined) return PARTS.filter((part) => part === 'self-check' || asked.includes(part))
  return PARTS.filter((part) => !quick || !LONG.includes(part))
}

async function measure(options: BenchOptions): Promise<Measured> {
  const acceptance = new Acceptance(options)
  const begun = performance.now()
  const results: Record<string, unknown> = {}
  const found: Lines[] = []
  const of: Readonly<Record<Part, () => Promise<Measuring>>> = {
    'self-check': () => acceptance.selfCheck(),
    kernels: () => acceptance.kernels(),
    curves: () => acceptance.curves(),
    steps: () => acceptance.steps(),
    builds: () => acceptance.builds(),
    computes: () => acceptance.computes(),
    cycles: () => acceptance.cycles(),
    search: () => acceptance.search(),
  }
  for (const part of wanted(options.quick)) {
    options.note(`${part} ...`)
    const { results: told, ...lines } = await of[part]()
    results[part] = told
    found.push(lines)
  }
  const { checks, notSeen } = joined(...found)
  for (const name of notSeen) options.note(`not seen: ${name}`)
  return { results: { ...results, notSeen, minutes: (performance.now() - begun) / 60_000 }, checks }
}

async function child(): Promise<void> {
  let text = ''
  for await (const chunk of process.stdin) text += String(chunk)
  const write = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`)
  const { runPart } = await import('./gpu/child')
  write(await runPart(JSON.parse(text) as GpuJob, write))
}

if (process.argv.includes('--part'))
  child().catch((thrown: unknown) => {
    process.stderr.write(`${String(thrown instanceof Error ? thrown.stack : thrown)}\n`)
    process.exitCode = 1
  })
else void runBench('Acceptance on a card', measure)
