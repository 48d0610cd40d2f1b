// The measured part, in a process of its own: epochs of resident and of streamed data in turns, or a training that tells what it holds.
import { buildNetwork } from '../../src/compute/networks/network'
import { tf } from '../../src/compute/tensorflow/backend'
import { openData } from '../../src/compute/data/image-memory'
import { epochOrder, stepSeed } from '../../src/compute/training/order'
import { createSession } from '../../src/compute/training/session'
import { train } from '../../src/compute/training/train'
import type { SplitFiles, TrainJob } from '../../src/shared/contract/compute'
import { recipeSchema } from '../../src/shared/search/recipe'
import { resNet20 } from '../train/networks'

export interface StepsJob {
  readonly kind: 'steps'
  readonly width: number
  readonly batch: number
  /** Steps of one short epoch, its first unhidden reading included. */
  readonly steps: number
  readonly rounds: number
  readonly data: SplitFiles
}

/** Milliseconds per step, one figure for each epoch. */
export interface StepsTimes {
  readonly resident: number[]
  readonly streamed: number[]
  readonly isEqual: boolean
}

/** One round to warm up, then in turns. Nothing is kept in memory of the streamed images: each step's are read. */
export async function measureSteps({ width, batch, steps, rounds, data }: StepsJob): Promise<StepsTimes> {
  const network = buildNetwork(resNet20(width))
  const rows = Int32Array.from({ length: data.count }, (_, row) => row)
  const open = async (cacheBytes: number | null) => {
    const images = await openData(data, rows, cacheBytes)
    const session = createSession({
      network,
      recipe: recipeSchema.parse({ deterministic: true }),
      batchSize: batch,
      evaluationBatch: batch,
      data: images,
      normalisation: data,
      seed: 1,
      trainable: null,
    })
    return { images, session, times: [] as number[], losses: [] as number[] }
  }
  const sides = { resident: await open(null), streamed: await open(0) }
  for (let round = 0; round <= rounds; round++) {
    const order = epochOrder(data.count, 1, round + 1).subarray(0, steps * batch)
    const turns = round % 2 === 0 ? (['resident', 'streamed'] as const) : (['streamed', 'resident'] as const)
    for (const turn of turns) {
      const { images, session, times, losses } = sides[turn]
      const started = performance.now()
      let step = 0
      for await (const feeds of images.batches(order, batch)) {
        losses.push(session.step(feeds, 0.01, stepSeed(1, round + 1, step), round * steps + step).loss)
        // As between the steps of a training: what has been read is taken in here.
        await new Promise((resolve) => setImmediate(resolve))
        step++
      }
      if (round > 0) times.push((performance.now() - started) / steps)
    }
  }
  const { resident, streamed } = sides
  const isEqual = resident.losses.every((loss, i) => Object.is(loss, streamed.losses[i]))
  return { resident: resident.times, streamed: streamed.times, isEqual }
}

export interface MemoryJob {
  readonly kind: 'memory'
  readonly job: TrainJob
  readonly imageMemory: number
}

export interface MemoryHeld {
  readonly peakBytes: number
  readonly seconds: number
  readonly steps: number
  /** tf.memory().numTensors, least and most seen between steps. */
  readonly tensors: readonly [number, number]
  readonly notice: string | null
}

export async function measureMemory({ job, imageMemory }: MemoryJob): Promise<MemoryHeld> {
  let [peakBytes, steps] = [0, 0]
  let notice: string | null = null
  const tensors: number[] = []
  const started = performance.now()
  for await (const event of train(job, { imageMemory })) {
    peakBytes = Math.max(peakBytes, process.memoryUsage.rss())
    if (event.type === 'started') [steps, notice] = [event.stepsPerEpoch * job.recipe.epochs, event.notice]
    if (event.type === 'step' || event.type === 'validation') tensors.push(tf.memory().numTensors)
  }
  const seconds = (performance.now() - started) / 1000
  return { peakBytes, seconds, steps, tensors: [Math.min(...tensors), Math.max(...tensors)], notice }
}
