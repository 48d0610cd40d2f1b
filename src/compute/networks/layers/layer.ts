// What a builder of one layer kind gets and gives; the kinds are in the files beside this one.
import type { ParameterValues } from '@shared/architecture/layer'
import type { Tensor, Tensor4D } from '../../tensorflow/backend'
import type { Seed } from '../../tensorflow/kernels/random'

/** Present while training: what random and statistic-keeping layers need. */
export interface TrainingContext {
  /** Fed anew at every step. */
  readonly seed: Seed
  /** Fixed for the node: keeps its random numbers apart from every other node's. */
  readonly salt: number
  /** Sets a stored array to `value` once the step is done. */
  update(role: string, value: Tensor): void
}

export interface LayerCall {
  readonly parameters: ParameterValues
  /** `[batch, height, width, channels]` or `[batch, features]`, at least one. */
  readonly inputs: readonly [Tensor, ...Tensor[]]
  /** Current value of one of the node's stored arrays. */
  array(role: string): Tensor
  /** Null for inference. */
  readonly training: TrainingContext | null
}

/** Differentiable; everything it makes belongs to the surrounding tidy. */
export type LayerBuilder = (call: LayerCall) => Tensor

/** The shape rules have been checked before anything is built. */
export const asMap = (tensor: Tensor): Tensor4D => tensor as Tensor4D
