// A training step against Keras's on the same TensorFlow: the same networks, data and optimizer, in turns, oneDNN off and on for
// both; then our defaults against Keras's, and the throughput of many small candidates. What a user would pick instead, PyTorch,
// is not measured here. --quick: two networks, one turn, and figures of a few steps only.
import { cpus } from 'node:os'
import { atLeast, atMost, equal, median, runBench, type BenchOptions, type Check, type Measured } from './harness'
import { CLASSES, NETWORKS, type BenchNetwork } from './train/networks'
import { measureSide, prepareKeras, type Outcome, type Side } from './train/peers'
import type { StepJob, StepTimes } from './train/steps'

type Environment = Readonly<Record<string, string | undefined>>
interface Setting {
  readonly name: string
  readonly ours: Environment
  readonly keras: Environment
}

/** What the engine gives a compute whose self-check passed (shared/runtime/compute-environment). */
const OURS = { TF_CPU_ALLOCATOR_USE_BFC: 'true' }
const same = (name: string, oneDnn: '0' | '1'): Setting => ({
  name,
  ours: { ...OURS, TF_ENABLE_ONEDNN_OPTS: oneDnn },
  keras: { TF_ENABLE_ONEDNN_OPTS: oneDnn },
})
const [OFF, ON] = [same('oneDNN off', '0'), same('oneDNN on', '1')]
/** Keras leaves oneDNN on only on processors with certain instructions. */
const DEFAULTS: Setting = { ...ON, name: 'defaults', keras: { TF_ENABLE_ONEDNN_OPTS: undefined } }

interface Row {
  readonly network: string
  readonly setting: string
  readonly ours: { readonly bestMs: number; readonly medianMs: number }
  readonly keras: { readonly bestMs: number; readonly medianMs: number } | null
  readonly ratio: number | null
  readonly kerasOneDnn: boolean
  readonly sameParameters: boolean
  readonly problems: readonly string[]
}

const round = (value: number): number => Math.round(value * 100) / 100
const summary = (times: readonly number[]) => ({ bestMs: round(Math.min(...times)), medianMs: round(median(times)) })
const geometricMean = (values: readonly number[]): number =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length)

function jobOf({ graph, batch }: BenchNetwork, isQuick: boolean): StepJob {
  const long = { warmUp: 10, steps: 200, seconds: 20 }
  const short = { warmUp: 3, steps: 20, seconds: 1.5 }
  return { graph, batch, images: Math.max(512, batch), classes: CLASSES, ...(isQuick ? short : long) }
}

/** Both sides in turns, so that what else the machine does falls on both. */
async function compare(network: BenchNetwork, setting: Setting, turns: number, options: BenchOptions): Promise<Row> {
  const job = jobOf(network, options.quick)
  const measured: Record<Side, StepTimes[]> = { ours: [], keras: [] }
  const problems: string[] = []
  let kerasOneDnn = setting.keras['TF_ENABLE_ONEDNN_OPTS'] === '1'
  for (let turn = 0; turn < turns; turn++)
    for (const side of ['ours', 'keras'] as const) {
      const outcome: Outcome = await measureSide(side, job, setting[side])
      if ('problem' in outcome) problems.push(outcome.problem)
      else {
        measured[side].push(outcome.times)
        if (side === 'keras') kerasOneDnn = /oneDNN custom operations are on/.test(outcome.stderr)
      }
    }
  const times = (side: Side): number[] => measured[side].flatMap((one) => one.times)
  if (measured.ours.length === 0) throw new Error(`${network.name}, ${setting.name}: ${problems.join('; ')}`)
  const [ours, keras] = [summary(times('ours')), measured.keras.length === 0 ? null : summary(times('keras'))]
  const row: Row = {
    network: network.name,
    setting: setting.name,
    ours,
    keras,
    ratio: keras && round(ours.bestMs / keras.bestMs),
    kerasOneDnn,
    sameParameters: measured.keras.every(({ parameters }) => parameters === measured.ours[0]!.parameters),
    problems,
  }
  options.note(`${row.network}, ${row.setting}: ours ${JSON.stringify(ours)}, Keras ${JSON.stringify(keras)}, ratio ${row.ratio}`) // prettier-ignore
  return row
}

/** Steps a second of as many one-thread processes as there are cores, against one process of Keras as it comes. */
async function throughput(network: BenchNetwork, options: BenchOptions) {
  const job = jobOf(network, options.quick)
  const oneThread = { ...ON.ours, TF_NUM_INTRAOP_THREADS: '1', TF_NUM_INTEROP_THREADS: '1' }
  const several = await Promise.all(cpus().map(() => measureSide('ours', job, oneThread)))
  const peer = await measureSide('keras', job, DEFAULTS.keras)
  const rate = (outcome: Outcome): number => ('problem' in outcome ? 0 : 1000 / median(outcome.times.times))
  const [ours, keras] = [several.reduce((sum, outcome) => sum + rate(outcome), 0), rate(peer)]
  options.note(`${network.name}: ${round(ours)} steps/s in ${cpus().length} processes, Keras ${round(keras)} in one`)
  return { network: network.name, processes: cpus().length, oursPerSecond: round(ours), kerasPerSecond: round(keras) }
}

async function measure(options: BenchOptions): Promise<Measured> {
  prepareKeras(options.note)
  const networks = options.quick ? NETWORKS.slice(0, 2) : NETWORKS
  const turns = options.quick ? 1 : 3
  const rows: Row[] = []
  for (const network of networks)
    for (const setting of options.quick ? [ON] : [OFF, ON, DEFAULTS])
      rows.push(await compare(network, setting, turns, options))
  const many = options.quick ? null : await throughput(NETWORKS[0]!, options)
  const ratiosOf = (wanted: (row: Row) => boolean): number[] =>
    rows.filter(wanted).flatMap(({ ratio }) => (ratio === null ? [] : [ratio]))
  const equalSettings = ratiosOf(({ setting }) => setting !== DEFAULTS.name)
  // Where Keras turns oneDNN on by itself, its defaults are ours and the bound is that of equal settings.
  const whereOff = ratiosOf(({ setting, kerasOneDnn }) => setting === DEFAULTS.name && !kerasOneDnn)
  const unmeasured = rows.filter(({ ratio }) => ratio === null).length
  const checks: Check[] = [
    equal('networks that are not the same on both sides', rows.filter((row) => !row.sameParameters).length, 0),
    equal('comparisons without a figure from Keras', unmeasured, 0),
    ...(equalSettings.length === 0
      ? []
      : [
          atMost('step / Keras, equal settings, geometric mean', geometricMean(equalSettings), 1.0),
          atMost('step / Keras, equal settings, slowest network', Math.max(...equalSettings), 1.1),
        ]),
    ...(whereOff.length === 0 ? [] : [atMost('step / Keras, defaults of both, geometric mean', geometricMean(whereOff), 0.75)]), // prettier-ignore
    ...(many === null || many.kerasPerSecond === 0 ? [] : [atLeast('small candidates, steps a second / Keras', many.oursPerSecond / many.kerasPerSecond, 3)]), // prettier-ignore
  ]
  return { results: { steps: rows, throughput: many }, checks }
}

/** The child's part: a job from standard input, times to standard output. */
async function ours(): Promise<void> {
  let text = ''
  for await (const chunk of process.stdin) text += String(chunk)
  // Loaded only here: the parent must not take TensorFlow's threads and memory.
  const { measureOurs } = await import('./train/ours')
  process.stdout.write(`${JSON.stringify(measureOurs(JSON.parse(text) as StepJob))}\n`)
}

if (process.argv.includes('--ours'))
  ours().catch((thrown: unknown) => {
    process.stderr.write(`${String(thrown instanceof Error ? thrown.stack : thrown)}\n`)
    process.exitCode = 1
  })
else void runBench('Training step against Keras', measure)
