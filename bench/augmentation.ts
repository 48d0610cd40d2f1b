// What augmentation adds to a training step: a ResNet-20 of width 16 in batches of 128 CIFAR-sized images, oneDNN on, as a compute
// runs it; each option against no augmentation, step by step in turns. --quick: a narrow network and a few rounds; rough figures.
import { cpus } from 'node:os'
import { environmentFor } from '../src/shared/runtime/compute-environment'
import { costOf } from './augmentation/cost'
import type { AugmentationJob, AugmentationTimes, StepTime } from './augmentation/variants'
import { atMost, median, runBench, type BenchOptions, type Measured } from './harness'
import { askChild } from './train/peers'

const FULL: AugmentationJob = { width: 16, batch: 128, warmUp: 5, rounds: 60 }
const QUICK: AugmentationJob = { width: 4, batch: 32, warmUp: 2, rounds: 10 }
/** Largest share of a step that an augmented batch may cost. */
const BOUND = 0.05
const LIMIT_SECONDS = 1800

async function measure({ quick }: BenchOptions): Promise<Measured> {
  const job = quick ? QUICK : FULL
  const selfCheck = { oneDnn: true, groupedConvolution: true, allocator: 'bfc', notices: [] }
  const environment = environmentFor(selfCheck, cpus().length)
  const command = [process.execPath, [process.argv[1]!, '--compute']] as const
  const outcome = await askChild<AugmentationTimes>('the compute', command, job, environment, LIMIT_SECONDS)
  if ('problem' in outcome) throw new Error(outcome.problem)
  const { steps, batchAlone } = outcome.answer
  const series = (times: readonly StepTime[], key: keyof StepTime): number[] => times.map((time) => time[key])
  const costsBy = (key: keyof StepTime) => {
    const baseline = series(steps['none']!, key)
    return {
      steps: Object.fromEntries(
        Object.entries(steps).map(([name, times]) => [name, costOf(series(times, key), baseline)]),
      ),
      batchAlone: median(series(batchAlone, key)) / median(baseline),
    }
  }
  const [elapsed, processor] = [costsBy('ms'), costsBy('cpuMs')]
  return {
    results: { job, elapsed, processor },
    // The quick network's step is too short for a share of it to mean anything.
    checks: quick
      ? []
      : [
          atMost('crop and flip, share of a step without', elapsed.steps['crop and flip']!.share, BOUND),
          atMost('an augmented batch made alone, share of a step', elapsed.batchAlone, BOUND),
        ],
  }
}

/** The child's part: a job from standard input, times to standard output. */
async function compute(): Promise<void> {
  let text = ''
  for await (const chunk of process.stdin) text += String(chunk)
  // Loaded only here: the parent must not take TensorFlow's threads and memory.
  const { measureAugmentation } = await import('./augmentation/measure')
  process.stdout.write(`${JSON.stringify(measureAugmentation(JSON.parse(text) as AugmentationJob))}\n`)
}

if (process.argv.includes('--compute'))
  compute().catch((thrown: unknown) => {
    process.stderr.write(`${String(thrown instanceof Error ? thrown.stack : thrown)}\n`)
    process.exitCode = 1
  })
else void runBench('Cost of augmentation', measure)
