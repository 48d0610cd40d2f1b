// Random numbers that a recorded step draws anew at every run: TensorFlow's stateless ops, a function of a fed seed.
// Never tf.randomUniform and its kin: they draw on the host and would be frozen into the recording.
import { dataType, executeSingle, tf, type Tensor, type Tensor1D } from '../backend'
import { DataType } from '../binding'
import { like } from '../half'
import { differentiable, integers } from './native-op'

/** `[2]` int32, fed at every step; equal seeds draw equal numbers. */
export type Seed = Tensor1D

/**
 * An independent stream of a step: every random op needs a salt of its own, or two draw the same numbers.
 * @param salt whole number, fixed for the place in the network
 */
export const streamOfWork = (seed: Seed, salt: number): Seed => tf.add(seed, integers([0, salt]))

/** Uniform float32 in [0, 1). */
export function randomUniform(shape: readonly number[], seed: Seed): Tensor {
  return executeSingle('StatelessRandomUniform', { dtype: dataType(DataType.float32) }, [integers(shape), seed])
}

/** Uniform int32 in [low, high). */
export function randomInteger(shape: readonly number[], low: number, high: number, seed: Seed): Tensor {
  const bounds = [tf.scalar(low, 'int32'), tf.scalar(high, 'int32')]
  return executeSingle('StatelessRandomUniformInt', { dtype: dataType(DataType.int32) }, [
    integers(shape),
    seed,
    ...bounds,
  ])
}

/**
 * Beta(alpha, alpha) float32 in [0, 1], from two gamma draws.
 * @param seeds two streams
 */
export function randomBeta(shape: readonly number[], alpha: number, seeds: readonly [Seed, Seed]): Tensor {
  const [a, b] = seeds.map((seed) =>
    executeSingle('StatelessRandomGammaV2', {}, [
      integers(shape),
      seed,
      executeSingle('Fill', {}, [integers(shape), tf.scalar(alpha)]),
    ]),
  )
  // A small alpha draws numbers that underflow to 0, both of them once in a long while.
  return executeSingle('DivNoNan', {}, [a!, tf.add(a!, b!)])
}

/** 1 / (1 - rate) with probability 1 - rate, else 0, so that the expectation stays. */
function keepMask(shape: readonly number[], rate: number, seed: Seed): Tensor {
  const kept = executeSingle('GreaterEqual', {}, [randomUniform(shape, seed), tf.scalar(rate)])
  const ones = executeSingle('Cast', { DstT: dataType(DataType.float32) }, [kept])
  return tf.mul(ones, 1 / (1 - rate))
}

function masked<T extends Tensor>(x: T, maskShape: readonly number[], rate: number, seed: Seed): T {
  if (!(rate >= 0 && rate < 1)) throw new RangeError(`A drop rate lies in [0, 1), received ${rate}`)
  if (rate === 0) return x
  return differentiable(
    [x],
    () => {
      const mask = like(keepMask(maskShape, rate, seed), x)
      return { value: tf.mul(x, mask) as T, saved: [mask] }
    },
    (dy, [mask]) => [tf.mul(dy, mask)],
  )
}

/** Zeroes single values (Srivastava et al. 2014). For training only. */
export const dropout = <T extends Tensor>(x: T, rate: number, seed: Seed): T => masked(x, x.shape, rate, seed)

/** Zeroes whole examples of the batch (Huang et al. 2016). For the residual branch, in training only. */
export const stochasticDepth = <T extends Tensor>(x: T, rate: number, seed: Seed): T =>
  masked(x, [x.shape[0]!, ...x.shape.slice(1).map(() => 1)], rate, seed)

/** Row and column picks for `gather`: first index + 0, 1, ..., length - 1 for each example: `[batch, length]` int32. */
export const consecutive = (first: Tensor, length: number): Tensor =>
  executeSingle('AddV2', {}, [
    tf.reshape(first, [first.size, 1]),
    executeSingle('Range', { Tidx: dataType(DataType.int32) }, [
      tf.scalar(0, 'int32'),
      tf.scalar(length, 'int32'),
      tf.scalar(1, 'int32'),
    ]),
  ])
