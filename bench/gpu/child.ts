// One part of bench:gpu in a process of its own, on the device that its environment leaves. Loaded there only: the parent must not take
// TensorFlow's threads and memory, nor the card.
import { createRandom } from '../../src/shared/random'
import { recipeSchema, type Precision } from '../../src/shared/search/recipe'
import { residentData } from '../../src/compute/data/resident-data'
import { buildNetwork } from '../../src/compute/networks/network'
import { runtimeVersions } from '../../src/compute/tensorflow/backend'
import { runSelfCheck } from '../../src/compute/tensorflow/self-check'
import { createSession } from '../../src/compute/training/session'
import { trainAndUnload } from '../cycles/compute'
import { runAudit } from '../kernels/audit'
import { CLASSES, INPUT, resNet20 } from '../train/networks'
import { measureOurs } from '../train/ours'
import type { GpuJob } from './job'

const PIXELS = INPUT[0] * INPUT[1] * INPUT[2]

/** Images whose class brightens one tenth of the rows, under noise that a single pixel does not beat. */
function learnable(count: number): { images: Uint8Array; labels: Uint8Array } {
  const random = createRandom(2)
  const labels = Uint8Array.from({ length: count }, () => random.integer(CLASSES))
  const images = Uint8Array.from({ length: count * PIXELS }, (_, at) => {
    const isMarked = Math.floor(((at % PIXELS) * CLASSES) / PIXELS) === labels[Math.floor(at / PIXELS)]
    return random.integer(180) + (isMarked ? 70 : 0)
  })
  return { images, labels }
}

/** Losses of a small residual network in each precision, from the same weights over the same images. */
function curves({ steps, precisions }: { readonly steps: number; readonly precisions: readonly Precision[] }) {
  const [count, batch] = [1024, 32]
  const shape: [number, number, number] = [...INPUT]
  return Object.fromEntries(
    precisions.map((precision) => {
      const session = createSession({
        network: buildNetwork(resNet20(4)),
        recipe: recipeSchema.parse({ cropPadding: 0, flip: false }),
        precision,
        batchSize: batch,
        evaluationBatch: batch,
        data: residentData({ count, shape, classes: CLASSES, ...learnable(count) }),
        normalisation: { mean: [0.5, 0.5, 0.5], deviation: [0.25, 0.25, 0.25] },
        seed: 1,
        trainable: null,
      })
      const losses = Array.from({ length: steps }, (_, step) => {
        const indices = Int32Array.from({ length: batch }, (__, i) => (step * batch + i) % count)
        return session.step({ indices }, 0.05, Int32Array.of(1, step), step).loss
      })
      session.dispose()
      return [precision, losses]
    }),
  )
}

/** Answers one job; cycles and the audit also write a line for each piece on the way. */
export async function runPart(job: GpuJob, write: (value: unknown) => void): Promise<unknown> {
  switch (job.part) {
    case 'self-check':
      return { ...runtimeVersions(), selfCheck: runSelfCheck(process.env) }
    case 'kernels':
      runAudit(job.parts, job.isQuick)
      return {}
    case 'curves':
      return curves(job)
    case 'steps': {
      const before = process.cpuUsage()
      const measured = measureOurs(job.step)
      const { user, system } = process.cpuUsage(before)
      return { ...measured, processorMs: (user + system) / 1000 }
    }
    case 'cycles':
      await trainAndUnload(job.cycles, write)
      return {}
  }
}
