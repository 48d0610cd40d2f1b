// Our side of bench:train in a process of its own: the product's training session on random pixels.
import { createRandom } from '../../src/shared/random'
import { recipeSchema } from '../../src/shared/search/recipe'
import { buildNetwork } from '../../src/compute/networks/network'
import { residentData } from '../../src/compute/data/resident-data'
import { createSession } from '../../src/compute/training/session'
import type { StepJob, StepTimes } from './steps'

export function measureOurs(job: StepJob): StepTimes {
  const network = buildNetwork(job.graph)
  const random = createRandom(1)
  const [height, width, channels] = job.graph.input as [number, number, number]
  const images = Uint8Array.from({ length: job.images * height * width * channels }, () => random.integer(256))
  const labels = Uint8Array.from({ length: job.images }, () => random.integer(job.classes))
  const session = createSession({
    network,
    recipe: recipeSchema.parse({ cropPadding: 0, flip: false, weightDecay: 0 }),
    precision: job.precision,
    batchSize: job.batch,
    evaluationBatch: job.batch,
    data: residentData({ count: job.images, shape: [height, width, channels], classes: job.classes, images, labels }),
    normalisation: { mean: [0.5, 0.5, 0.5], deviation: [0.25, 0.25, 0.25] },
    seed: 1,
    trainable: null,
  })
  const times: number[] = []
  const epochs: number[] = []
  const losses: number[] = []
  let done = 0
  const step = (first: number): void => {
    const indices = Int32Array.from({ length: job.batch }, (_, i) => (first * job.batch + i) % job.images)
    losses.push(session.step({ indices }, 0.01, Int32Array.of(1, done), done).loss)
    done += 1
  }
  for (let first = 0; first < job.warmUp; first++) step(first)
  const started = performance.now()
  while (epochs.length === 0 || performance.now() - started < job.seconds * 1000) {
    const epochStarted = performance.now()
    for (let first = 0; first < Math.floor(job.images / job.batch); first++) {
      const before = performance.now()
      step(first)
      times.push(performance.now() - before)
    }
    epochs.push(performance.now() - epochStarted)
  }
  session.dispose()
  return { parameters: network.parameterCount, times, epochs, losses }
}
