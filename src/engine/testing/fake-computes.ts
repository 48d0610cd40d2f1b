// A pool whose computes are scripted: jobs in, events out, no process and no TensorFlow. It writes the files a compute writes.
import { createHash } from 'node:crypto'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { ExportedPrediction, TrainEvent, TrainJob } from '@shared/contract/compute'
import { AppError } from '@shared/errors'
import { makeNamedFolder } from '@node/folders'
import type { ComputeClient, ShapedPool } from '../executors/pool'
import { epochOf } from './harness'

export type TrainScript = (job: TrainJob, compute: number, signal: AbortSignal) => AsyncGenerator<TrainEvent>

/** What a compute tells of a training that goes well; accuracy comes from the seed, so that equal jobs give equal results. */
export async function* wellTrained(job: TrainJob): AsyncGenerator<TrainEvent> {
  const { lease, recipe } = job
  yield { type: 'started', lease, parameters: 1, resumedFromEpoch: 0, stepsPerEpoch: 3, notice: null }
  const accuracy = (job.seed % 1000) / 1000
  for (let number = 1; number <= recipe.epochs; number++) {
    for (const step of [1, 2, 3]) yield { type: 'step', lease, epoch: number, step, loss: 1 / step }
    // Messages cross in later turns of the event loop.
    await new Promise((resolve) => setImmediate(resolve))
    yield { type: 'epoch', lease, epoch: epochOf(number, accuracy) }
  }
  yield finishedEvent(job, accuracy)
}

export function finishedEvent(job: TrainJob, fitness: number): TrainEvent {
  // What the network scores is in its file, as it is in real weights: `evaluate` finds it there.
  const content = JSON.stringify({ graph: job.graph, accuracy: fitness })
  const weights = path.join(job.checkpointFolder, 'best.weights')
  writeFileSync(weights, content)
  const sha256 = createHash('sha256').update(content).digest('hex')
  return { type: 'finished', lease: job.lease, bestEpoch: 1, fitness, weights, sha256 }
}

type ExportJob = Parameters<ComputeClient['export']>[0]
type ProxyJob = Parameters<ComputeClient['proxies']>[0]
type EvaluateJob = Parameters<ComputeClient['evaluate']>[0]

export interface FakeComputes extends ShapedPool {
  readonly jobs: TrainJob[]
  /** What was to be exported. */
  readonly exports: ExportJob[]
  /** What zero-cost figures were asked of. */
  readonly looks: ProxyJob[]
  /** Checkpoints that were asked to rebuild chains. */
  readonly proposers: string[]
  /** What was scored of given images. */
  readonly evaluations: EvaluateJob[]
  /** Slots whose process a job has killed, in order. */
  readonly killed: number[]
}

/** @param train what every compute does with a job */
export function fakeComputes(train: TrainScript = wellTrained, size = 2): FakeComputes {
  const jobs: TrainJob[] = []
  const killed: number[] = []
  const exports: ExportJob[] = []
  const evaluations: EvaluateJob[] = []
  const looks: ProxyJob[] = []
  const proposers: string[] = []
  const free = Array.from({ length: size }, (_, slot) => slot)
  const waiting: ((slot: number) => void)[] = []
  const trainings = Array.from({ length: size }, () => ({ going: 0, wake: [] as (() => void)[] }))
  async function* counted(job: TrainJob, slot: number, signal: AbortSignal): AsyncGenerator<TrainEvent> {
    const here = trainings[slot]!
    here.going++
    try {
      yield* train(job, slot, signal)
    } finally {
      if (--here.going === 0) here.wake.splice(0).forEach((wake) => wake())
    }
  }
  const client = (slot: number): ComputeClient => {
    const answers = {
      info: () => Promise.reject(new AppError('runtime-missing', 'There is no TensorFlow in a test.', 'Install it.')),
      train: (job: TrainJob, { signal }: { signal: AbortSignal }) => {
        jobs.push(job)
        return Promise.resolve(counted(job, slot, signal))
      },
      idle: () => {
        const here = trainings[slot]!
        return here.going === 0 ? Promise.resolve({}) : new Promise((resolve) => here.wake.push(() => resolve({})))
      },
      reconstruct: ({ checkpoint, requests }: Parameters<ComputeClient['reconstruct']>[0]) => {
        proposers.push(checkpoint)
        return Promise.resolve(requests.map(({ genotype }) => ({ genotype, choices: [] })))
      },
      export: (job: ExportJob) => {
        exports.push(job)
        const { folder } = job
        makeNamedFolder(folder)
        writeFileSync(path.join(folder, 'model.json'), '{}')
        return Promise.resolve({ files: [{ name: 'model.json', sizeBytes: 2, sha256: 'ab' }] })
      },
      evaluate: (job: EvaluateJob) => {
        evaluations.push(job)
        const { weights, indices } = job
        const { accuracy } = JSON.parse(readFileSync(weights, 'utf8')) as { accuracy: number }
        const { validationLoss } = epochOf(1, accuracy)
        return Promise.resolve({ images: statSync(indices).size / 4, loss: validationLoss, accuracy })
      },
      // Told by the graph alone, so that a larger network is the better one.
      proxies: ({ graph, names, images, ...rest }: ProxyJob) => {
        looks.push({ graph, names, images, ...rest })
        const value = JSON.stringify(graph).length
        return Promise.resolve({ values: Object.fromEntries(names.map((name) => [name, value])), seed: 1, images })
      },
      initialise: ({ file }: { file: string }) => {
        writeFileSync(file, 'starting weights')
        return Promise.resolve({ classes: 3 })
      },
      predict: ({ indices }: { indices: number[] }) => Promise.resolve(predictions(indices)),
      trace: () => Promise.resolve({}),
    }
    return answers as unknown as ComputeClient
  }
  return {
    jobs,
    exports,
    looks,
    proposers,
    evaluations,
    killed,
    size,
    run: async (job, signal) => {
      if (signal.aborted) throw new AppError('cancelled', 'Cancelled before it began.')
      const slot = free.shift() ?? (await new Promise<number>((resolve) => waiting.push(resolve)))
      try {
        return await job(client(slot), slot, () => void killed.push(slot))
      } finally {
        const next = waiting.shift()
        if (next === undefined) free.push(slot)
        else next(slot)
      }
    },
    statuses: () =>
      Array.from({ length: size }, (_, slot) => ({
        slot,
        state: free.includes(slot) ? ('idle' as const) : ('busy' as const),
        // What is measured of a compute is then this process's.
        pid: process.pid,
        device: 'cpu',
        cores: null,
        memoryBytes: null,
        gpuMemoryBytes: null,
        restarts: 0,
        notice: null,
      })),
    onStatus: () => () => undefined,
    reshape: () => Promise.resolve(),
    exclusively: (work) => work(),
    fail: () => undefined,
    close: () => Promise.resolve(),
  }
}

/** Of an image by its index, `change` apart in one class; labels follow the tiny data set. */
export function predictions(indices: readonly number[], change = 0): ExportedPrediction {
  const logitsOf = (index: number): number[] => [(index % 5) + change, 1, 2]
  const powers = indices.map((index) => logitsOf(index).map(Math.exp))
  return {
    logits: indices.map(logitsOf),
    probabilities: powers.map((row) => row.map((power) => power / row.reduce((sum, each) => sum + each, 0))),
    labels: indices.map((index) => index % 3),
    randomLogits: [logitsOf(0)],
  }
}
