// What one layer kind is on TensorFlow: the arrays it stores and how it is computed. The kinds are in the files beside this one.
import type { InputShapes, ParameterValues } from '@shared/architecture/layer'
import type { Tensor, Tensor4D } from '../../tensorflow/backend'
import type { Seed } from '../../tensorflow/kernels/random'

/** `he`: normal, deviation sqrt(2 / fan-in) (He et al. 2015). `glorot`: uniform, limit sqrt(6 / (fan-in + fan-out)) (Glorot & Bengio 2010). */
export type Initialisation = 'he' | 'glorot' | 'zeros' | 'ones'

export interface LayerArray {
  /** What it is to the layer; unique in it. */
  readonly role: string
  readonly shape: readonly number[]
  readonly initialisation: Initialisation
  readonly fanIn: number
  readonly fanOut: number
  /** False for running statistics: stored, updated, never trained. */
  readonly trained: boolean
  /** Weight decay acts on kernels only: decaying scales, shifts and biases hurts (He et al. 2019, "Bag of tricks", section 3.1). */
  readonly decays: boolean
  /**
   * Whether a half-precision step takes a rounded copy (Micikevicius et al. 2018): true for what meets an image's values in a
   * product or a sum. Scales, shifts and statistics of normalisation stay float32: their kernel takes half images and float32
   * parameters.
   */
  readonly rounds: boolean
}

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

export interface Layer {
  /**
   * What a layer of that kind stores, in the order of checkpoints and files; pure, no tensors.
   * @param inputs shapes without the batch
   */
  arrays(parameters: ParameterValues, inputs: InputShapes): readonly LayerArray[]
  readonly build: LayerBuilder
}

/** A kind that stores nothing. */
export const withoutArrays = (build: LayerBuilder): Layer => ({ arrays: () => [], build })

/** The shape rules have been checked before anything is built. */
export const asMap = (tensor: Tensor): Tensor4D => tensor as Tensor4D
