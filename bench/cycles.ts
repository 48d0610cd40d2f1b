// Does a compute hold after 1,000 trainings what it held after the first hundred? Every layer kind in its variants and whole
// networks in turn, one epoch of three steps each with validation and checkpoint, through the compute's own service in one process.
// --quick: 40 cycles, in which allocators still settle: the counts are checked, resident memory is only told.
import { environmentFor } from '../src/shared/runtime/compute-environment'
import type { Held } from './cycles/compute'
import { flatnessOf, spreadOf } from './cycles/flatness'
import { atMost, equal, runBench, type BenchOptions, type Measured } from './harness'
import { askChild } from './train/peers'

const [CYCLES, QUICK_CYCLES] = [1000, 40]
/** Largest change of resident memory, from the median of cycles 100 to 200 to that of the last 100. */
const FLAT = 0.05
/** Reported on the way after so many cycles. */
const TOLD_EVERY = 50
const LIMIT_SECONDS = 3 * 3600
const MEBIBYTE = 1024 ** 2

async function measure({ quick, note }: BenchOptions): Promise<Measured> {
  const cycles = quick ? QUICK_CYCLES : CYCLES
  const series: Held[] = []
  let rest = ''
  const tell = (piece: string): void => {
    const lines = (rest + piece).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (!line.startsWith('{"residentBytes"')) continue
      const held = JSON.parse(line) as Held
      series.push(held)
      if (series.length % TOLD_EVERY === 0)
        note(
          `${series.length} cycles: ${Math.round(held.residentBytes / MEBIBYTE)} MiB, ${held.tensors} tensors, ${held.threads} threads`,
        )
    }
  }
  const selfCheck = { oneDnn: true, groupedConvolution: true, allocator: 'bfc', notices: [] }
  const command = [process.execPath, [process.argv[1]!, '--compute']] as const
  const outcome = await askChild<{ cycles: number }>(
    'the compute',
    command,
    { cycles },
    environmentFor(selfCheck, 1),
    LIMIT_SECONDS,
    tell,
  )
  if ('problem' in outcome) throw new Error(`After ${series.length} cycles: ${outcome.problem}`)
  const of = (key: keyof Held): number[] => series.map((held) => held[key])
  const resident = flatnessOf(of('residentBytes'))
  const seconds = of('seconds')
  // The first cycle makes what a process keeps: threads, the binding's own tensors.
  const counted = (key: keyof Held): number => spreadOf(of(key).slice(1))
  return {
    results: {
      cycles: series.length,
      residentMiB: {
        before: resident.before / MEBIBYTE,
        after: resident.after / MEBIBYTE,
        first: series[0]!.residentBytes / MEBIBYTE,
      },
      residentMiBByTenth: Array.from({ length: 10 }, (_, i) =>
        Math.round(series[Math.floor(((i + 1) * series.length) / 10) - 1]!.residentBytes / MEBIBYTE),
      ),
      secondsPerCycle: {
        firstTenth: average(seconds.slice(0, seconds.length / 10)),
        lastTenth: average(seconds.slice(-seconds.length / 10)),
      },
      last: series[series.length - 1],
    },
    checks: [
      equal('cycles', series.length, cycles),
      ...(quick ? [] : [atMost('change of resident memory, either way', Math.abs(resident.change), FLAT)]),
      equal('spread of the number of tensors', counted('tensors'), 0),
      equal('spread of their bytes', counted('tensorBytes'), 0),
      equal("spread of the binding's tensors", counted('nativeTensors'), 0),
      equal('graphs still loaded', Math.max(...of('loadedGraphs')), 0),
      equal('threads, last cycle less second', series[series.length - 1]!.threads - series[1]!.threads, 0),
      equal('open files, last cycle less second', series[series.length - 1]!.openFiles - series[1]!.openFiles, 0),
    ],
  }
}

const average = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** The child's part: how many cycles from standard input, a line for each to standard output. */
async function compute(): Promise<void> {
  let text = ''
  for await (const chunk of process.stdin) text += String(chunk)
  const { cycles } = JSON.parse(text) as { cycles: number }
  const tell = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`)
  // Loaded only here: the parent must not take TensorFlow's threads and memory.
  const { trainAndUnload } = await import('./cycles/compute')
  await trainAndUnload(cycles, tell)
  tell({ cycles })
}

if (process.argv.includes('--compute'))
  compute().catch((thrown: unknown) => {
    process.stderr.write(`${String(thrown instanceof Error ? thrown.stack : thrown)}\n`)
    process.exitCode = 1
  })
else void runBench('Train and unload', measure)
