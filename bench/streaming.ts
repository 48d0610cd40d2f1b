// What reading images as training goes costs against holding them, and that memory is bounded by what is kept of them: a data
// set of two GiB in a compute that may keep a quarter of one. Files are made on the spot, so the system's cache holds them too:
// a slower disk is not measured. --quick: a data set of 256 MiB, a short comparison.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { layerGraphSchema, type TrainJob } from '../src/shared/contract/compute'
import { environmentFor } from '../src/shared/runtime/compute-environment'
import { recipeSchema } from '../src/shared/search/recipe'
import { atMost, equal, median, runBench, type BenchOptions, type Measured } from './harness'
import { CLASSES, writeSplit, type Written } from './streaming/files'
import type { MemoryHeld, MemoryJob, StepsJob, StepsTimes } from './streaming/measure'
import { askChild } from './train/peers'

const MEBIBYTE = 1024 ** 2
/** Bounds, set before anything was measured: time of a step, and growth over the memory that images may take. */
const [SLOWER, LARGER] = [1.1, 1.15]
const LIMIT_SECONDS = 1800
const SHAPE = [64, 64, 3] as const
const [BATCH, VALIDATION] = [64, 1024]
/** Images of the data set that growth is measured against: 96 MiB, of which nothing is kept. */
const SMALL = 8192

/** As small as it gets, so that all the time goes into reading. */
const GRAPH = layerGraphSchema.parse({
  input: [...SHAPE],
  nodes: [
    {
      id: 'convolution',
      kind: 'conv2d',
      parameters: { channels: 8, kernel: [3, 3], stride: [4, 4] },
      inputs: ['input'],
    },
    { id: 'relu', kind: 'relu', parameters: {}, inputs: ['convolution'] },
    { id: 'mean', kind: 'global-average-pool', parameters: {}, inputs: ['relu'] },
    { id: 'flat', kind: 'flatten', parameters: {}, inputs: ['mean'] },
    { id: 'scores', kind: 'dense', parameters: { features: CLASSES }, inputs: ['flat'] },
  ],
  output: 'scores',
})

async function ask<T>(job: StepsJob | MemoryJob): Promise<T> {
  const selfCheck = { oneDnn: true, groupedConvolution: true, allocator: 'bfc', notices: [] }
  const command = [process.execPath, [process.argv[1]!, '--compute']] as const
  const outcome = await askChild<T>(job.kind, command, job, environmentFor(selfCheck, 2), LIMIT_SECONDS)
  if ('problem' in outcome) throw new Error(outcome.problem)
  return outcome.answer
}

function memoryJob(folder: string, name: string, split: Written, epochs: number, imageMemory: number): MemoryJob {
  const job: TrainJob = {
    ...split,
    lease: name,
    graph: GRAPH,
    recipe: recipeSchema.parse({ epochs, batchSize: BATCH }),
    seed: 1,
    checkpointFolder: join(folder, name),
    trainable: null,
    timeLimitSeconds: null,
  }
  return { kind: 'memory', job, imageMemory }
}

async function measure({ quick, note }: BenchOptions): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'gptnas-bench-streaming-'))
  try {
    const [bytes, kept] = quick ? [256 * MEBIBYTE, 64 * MEBIBYTE] : [2048 * MEBIBYTE, 256 * MEBIBYTE]
    note(`writes a data set of ${bytes / MEBIBYTE} MiB`)
    const [count, epochs] = [Math.ceil(bytes / (64 * 64 * 3)), quick ? 1 : 2]
    const large = await writeSplit(folder, 'large', SHAPE, count, VALIDATION)
    const small = await writeSplit(folder, 'small', SHAPE, SMALL, VALIDATION)
    // For as many steps, over which a process settles.
    const often = Math.round((epochs * (count - VALIDATION)) / (SMALL - VALIDATION))
    const constant = await ask<MemoryHeld>(memoryJob(folder, 'small', small, often, 0))
    const held = await ask<MemoryHeld>(memoryJob(folder, 'large', large, epochs, kept))
    const grown = held.peakBytes - constant.peakBytes
    note(`grew by ${Math.round(grown / MEBIBYTE)} MiB; compares steps`)
    const cifar = await writeSplit(folder, 'cifar', [32, 32, 3], quick ? 10_000 : 50_000, VALIDATION)
    const [steps, rounds] = quick ? [12, 2] : [40, 5]
    const wide = await ask<StepsTimes>({ kind: 'steps', width: 16, batch: 128, steps, rounds, data: cifar.data })
    const narrow = await ask<StepsTimes>({
      kind: 'steps',
      width: 4,
      batch: 16,
      steps: 10 * steps,
      rounds,
      data: cifar.data,
    })
    const figures = ({ resident, streamed }: StepsTimes) => ({
      residentMs: { best: Math.min(...resident), median: median(resident) },
      streamedMs: { best: Math.min(...streamed), median: median(streamed) },
      ratioOfBest: Math.min(...streamed) / Math.min(...resident),
      ratioOfMedians: median(streamed) / median(resident),
    })
    return {
      results: {
        dataMiB: bytes / MEBIBYTE,
        keptMiB: kept / MEBIBYTE,
        peakMiB: { large: held.peakBytes / MEBIBYTE, small: constant.peakBytes / MEBIBYTE },
        notice: held.notice,
        msPerStepOfTheSmallestNetwork: (held.seconds / held.steps) * 1000,
        'ResNet-20 w16 b128': figures(wide),
        'ResNet-20 w4 b16': figures(narrow),
      },
      checks: [
        atMost('growth of resident memory / memory for images', grown / kept, LARGER),
        equal('spread of the number of tensors', held.tensors[1] - held.tensors[0], 0),
        atMost('step of w16 b128, streamed / resident, best epochs', figures(wide).ratioOfBest, SLOWER),
        equal('losses that differ in a bit', Number(!wide.isEqual) + Number(!narrow.isEqual), 0),
      ],
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The child's part: a job from standard input, the answer to standard output. */
async function compute(): Promise<void> {
  let text = ''
  for await (const chunk of process.stdin) text += String(chunk)
  const job = JSON.parse(text) as StepsJob | MemoryJob
  // Loaded only here: the parent must not take TensorFlow's threads and memory.
  const { measureMemory, measureSteps } = await import('./streaming/measure')
  const answer = job.kind === 'steps' ? await measureSteps(job) : await measureMemory(job)
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}

if (process.argv.includes('--compute'))
  compute().catch((thrown: unknown) => {
    process.stderr.write(`${String(thrown instanceof Error ? thrown.stack : thrown)}\n`)
    process.exitCode = 1
  })
else void runBench('Images read as training goes', measure)
