// Named weights of the GPT and the classifier: their shapes, their initial values, and variables made of them.
// What they mean is gpt.ts's and classifier.ts's.
import { createRandom } from '@shared/random'
import { elementCount } from '@shared/element-count'
import { fillNormal } from '../../networks/initialise'
import type { NamedArray } from '../../networks/weights'
import { tf, type Tensor, type Tensor1D, type Tensor2D, type Variable } from '../../tensorflow/backend'

export interface ParameterSpec {
  readonly name: string
  readonly shape: readonly number[]
  readonly initial: 'normal' | 'zeros' | 'ones'
  /** Of the normal distribution; GPT-1's by default. */
  readonly deviation?: number
}

/** GPT-1 (Radford et al. 2018, section 4.1): all weights from N(0, 0.02). */
const GPT_DEVIATION = 0.02

/** One stream per name, so that no array's values depend on another's size. */
export function initialArrays(specs: readonly ParameterSpec[], seed: number): NamedArray[] {
  return specs.map(({ name, shape, initial, deviation = GPT_DEVIATION }) => {
    const values = new Float32Array(elementCount(shape))
    if (initial === 'normal') fillNormal(values, deviation, createRandom(seed).fork('proposer').fork(name))
    else if (initial === 'ones') values.fill(1)
    return { name, shape, values }
  })
}

export const countParameters = (specs: readonly ParameterSpec[]): number =>
  specs.reduce((sum, { shape }) => sum + elementCount(shape), 0)

/** Weights as the forward passes read them. @throws RangeError for a name that is not there */
export interface WeightSource {
  vector(name: string): Tensor1D
  matrix(name: string): Tensor2D
}

export function weightSource(tensors: ReadonlyMap<string, Tensor>): WeightSource {
  const find = (name: string): Tensor => {
    const tensor = tensors.get(name)
    if (tensor === undefined) throw new RangeError(`there is no weight ${name}`)
    return tensor
  }
  return { vector: (name) => find(name) as Tensor1D, matrix: (name) => find(name) as Tensor2D }
}

/** One variable per array; the caller disposes them. */
export function variablesOf(arrays: readonly NamedArray[]): Map<string, Variable> {
  return new Map(
    arrays.map(({ name, shape, values }) => [name, tf.tidy(() => tf.variable(tf.tensor(values, [...shape])))]),
  )
}
