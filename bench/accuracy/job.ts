// One training of bench:accuracy, as both sides get it, and what comes back.
import type { LayerGraph } from '../../src/shared/architecture/layer'
import type { SplitFiles } from '../../src/shared/contract/compute'
import type { Recipe } from '../../src/shared/search/recipe'

export interface AccuracyJob {
  readonly graph: LayerGraph
  readonly recipe: Recipe
  readonly seed: number
  /** Training images first, then those whose accuracy is reported. */
  readonly data: SplitFiles
  readonly trainImages: number
  readonly testImages: number
  /** float32, the arrays one after the other: both sides begin with the same values. */
  readonly initialValues: string
  readonly arrays: readonly { readonly node: string; readonly role: string; readonly shape: readonly number[] }[]
  /** int32 `[epochs, trainImages]`: which image comes when, the same on both sides. */
  readonly orders: string
  /** Where our side leaves what it has learnt, in the order of `arrays`; null leaves nothing. Its peer writes none. */
  readonly trainedValues: string | null
  /** The peer's: reports the accuracy of the initial values, an `Evaluation`, and does not train. */
  readonly evaluateOnly: boolean
  /** Empty, the training's own. */
  readonly folder: string
}

export interface TrainedEpoch {
  /** Mean cross-entropy of the steps and of the test images, in nats; decay not counted. */
  readonly trainLoss: number
  readonly testLoss: number
  /** Fractions; of the augmented images, and of the test images. */
  readonly trainAccuracy: number
  readonly testAccuracy: number
  readonly seconds: number
}

/** Of the test images, as in `TrainedEpoch`. */
export type Evaluation = Pick<TrainedEpoch, 'testLoss' | 'testAccuracy'>

export interface AccuracyResult {
  readonly parameters: number
  /** Loss of the first step, before anything is learnt. */
  readonly firstLoss: number
  readonly epochs: readonly TrainedEpoch[]
}
