// Whether stored weights are what a trial was trained to: they are run over its whole validation split, and loss and accuracy must be
// those its best epoch was recorded with. A file that was exchanged together with every name and row of its hash is found by this.
// The test split has no part in it. Needs nothing of the training but its epochs, so it covers trials of every version.
import { createHash } from 'node:crypto'
import type { LayerGraph } from '@shared/architecture/layer'
import type { Evaluated, SplitFiles } from '@shared/contract/compute'
import { AppError } from '@shared/errors'
import type { Epoch } from '@shared/search/trial'
import type { ShapedPool } from '../executors/pool'

/**
 * Relative difference of the mean loss that another device may cause: chosen ten times what TF32 keeps of a factor (10 bits, 1e-3),
 * in which graphics cards multiply while they train. Another trial's weights, or another epoch's, differ by more.
 */
const LOSS_TOLERANCE = 0.01
/** Below this (nats) a loss is compared as if it were so large: rounding does not shrink with it. */
const SMALLEST_LOSS = 0.01
/** Share of the images whose class may turn for the same reason, those between two classes; at least `FEWEST_TURNED`. */
const ACCURACY_TOLERANCE = 0.005
const FEWEST_TURNED = 2

export interface CheckedWeights {
  /** In words: "trial 3 of run 2". */
  readonly title: string
  readonly graph: LayerGraph
  readonly weights: { readonly file: string; readonly sha256: string }
  /** The train split, and the file of those of its images that validated. */
  readonly data: SplitFiles
  readonly validation: { readonly file: string; readonly sha256: string }
  /** The epoch whose weights they are. */
  readonly best: Pick<Epoch, 'epoch' | 'validationLoss' | 'validationAccuracy'>
}

/** @throws AppError `storage-failed` with both results, and those of the compute */
export type WeightsCheck = (checked: CheckedWeights, signal: AbortSignal) => Promise<void>

function isSame({ images, loss, accuracy }: Evaluated, best: CheckedWeights['best']): boolean {
  if (loss === null) return false
  const mostLoss = LOSS_TOLERANCE * Math.max(SMALLEST_LOSS, Math.abs(best.validationLoss))
  const mostTurned = Math.max(FEWEST_TURNED, ACCURACY_TOLERANCE * images)
  return (
    Math.abs(loss - best.validationLoss) <= mostLoss &&
    Math.abs(accuracy - best.validationAccuracy) * images <= mostTurned
  )
}

const percent = (fraction: number): string => `${(100 * fraction).toFixed(2)} %`

/** What was computed once is kept for the session by content: weights, graph and images are named by it. */
export function createWeightsCheck(pool: Pick<ShapedPool, 'run'>): WeightsCheck {
  const known = new Map<string, Evaluated>()
  return async ({ title, graph, weights, data, validation, best }, signal) => {
    const subject = JSON.stringify([weights.sha256, validation.sha256, data.images, graph])
    const key = createHash('sha256').update(subject).digest('hex')
    let evaluated = known.get(key)
    if (evaluated === undefined) {
      const request = { graph, weights: weights.file, data, indices: validation.file }
      evaluated = await pool.run((client) => client.evaluate(request, { signal }), signal)
      known.set(key, evaluated)
    }
    if (isSame(evaluated, best)) return
    const { images, loss, accuracy } = evaluated
    throw new AppError(
      'storage-failed',
      `The stored weights of ${title} are not what was trained: epoch ${best.epoch}, its best, was recorded with a validation loss of ` +
        `${best.validationLoss.toPrecision(5)} and ${percent(best.validationAccuracy)}; on the same ${images} images they give ` +
        `${loss?.toPrecision(5) ?? 'no number'} and ${percent(accuracy)}. Nothing was written.`,
      'Restore the artefacts folder and the database from a backup, or train the architecture again.',
    )
  }
}
