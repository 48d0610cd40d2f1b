// Times of training steps that differ in nothing but their augmentation, in turns in one process; and of making a batch alone.
import { recordBatch } from './record-batch'
import { createRandom } from '../../src/shared/random'
import { recipeSchema } from '../../src/shared/search/recipe'
import { buildNetwork } from '../../src/compute/networks/network'
import { stepSeed } from '../../src/compute/training/order'
import { createSession } from '../../src/compute/training/session'
import { residentData } from '../../src/compute/data/resident-data'
import type { SplitRows } from '../../src/compute/data/split-data'
import { CLASSES, INPUT, resNet20 } from '../train/networks'
import { OFF, VARIANTS, type AugmentationJob, type AugmentationTimes, type StepTime } from './variants'

const NORMALISATION = { mean: [0.5, 0.5, 0.5], deviation: [0.25, 0.25, 0.25] }
/** Enough that rows are not in the processor's caches: 31 MB. */
const IMAGES = 10_000

/** Random pixels: none of the operations takes longer for one image than for another. */
function randomRows(): SplitRows {
  const random = createRandom(1)
  const bytes = INPUT.reduce((product, length) => product * length, IMAGES)
  return {
    count: IMAGES,
    shape: INPUT,
    classes: CLASSES,
    images: Uint8Array.from({ length: bytes }, () => random.integer(256)),
    labels: Uint8Array.from({ length: IMAGES }, () => random.integer(CLASSES)),
  }
}

function timed(run: () => void): StepTime {
  const [started, cpu] = [performance.now(), process.cpuUsage()]
  run()
  const [ms, { user, system }] = [performance.now() - started, process.cpuUsage(cpu)]
  return { ms, cpuMs: (user + system) / 1000 }
}

export function measureAugmentation({ width, batch, warmUp, rounds }: AugmentationJob): AugmentationTimes {
  const network = buildNetwork(resNet20(width))
  const rows = randomRows()
  const random = createRandom(2)
  const indices = (): Int32Array => Int32Array.from({ length: batch }, () => random.integer(IMAGES))
  const names = Object.keys(VARIANTS)
  const sessions = new Map(
    Object.entries(VARIANTS).map(([name, changes]) => {
      const recipe = recipeSchema.parse({ ...OFF, ...changes })
      const options = { network, recipe, batchSize: batch, evaluationBatch: batch, normalisation: NORMALISATION }
      return [name, createSession({ ...options, data: residentData(rows), seed: 1, trainable: null })] as const
    }),
  )
  const batches = recordBatch(rows, batch, NORMALISATION)
  const steps: Record<string, StepTime[]> = Object.fromEntries(names.map((name) => [name, []]))
  const batchAlone: StepTime[] = []
  for (let round = 0; round < warmUp + rounds; round++) {
    const [rowsOfStep, seed] = [indices(), stepSeed(1, 1, round)]
    // Another order each round: what a step finds in the caches is its predecessor's.
    for (const name of random.shuffle(names)) {
      const time = timed(() => void sessions.get(name)!.step({ indices: rowsOfStep }, 0.01, seed, round))
      if (round >= warmUp) steps[name]!.push(time)
    }
    const time = timed(() => batches.run(rowsOfStep, seed))
    if (round >= warmUp) batchAlone.push(time)
  }
  for (const session of sessions.values()) session.dispose()
  batches.dispose()
  return { steps, batchAlone }
}
