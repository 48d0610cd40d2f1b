// The part of the self-check that decides on mixed precision: the kernels that a step spends its time in, in each half type,
// against float64 and float32. For GPUs; a processor emulates halves and gains nothing by them.
import type { Precision } from '@shared/search/recipe'
import { createRandom } from '@shared/random'
import { scoped, tf, type Tensor, type Tensor1D, type Tensor4D } from './backend'
import { convolutionError, type ConvolutionCase } from './convolution-check'
import { toFloat32, toHalf, type HalfType } from './half'
import { batchNormTraining } from './kernels/batch-norm'
import { evenPadding } from './kernels/padding'
import { averagePool, maxPool } from './kernels/pooling'
import { relativeError } from './reference-convolution'

export const HALF_PRECISIONS = ['mixed-float16', 'mixed-bfloat16'] as const satisfies readonly Precision[]
type HalfPrecision = (typeof HALF_PRECISIONS)[number]

const TYPES: Readonly<Record<HalfPrecision, HalfType>> = { 'mixed-float16': 'float16', 'mixed-bfloat16': 'bfloat16' }
/** Half the distance between a number and the next, as a part of it. */
const ROUNDING: Readonly<Record<HalfType, number>> = { float16: 2 ** -11, bfloat16: 2 ** -8 }
/**
 * A result is rounded once, and a kernel may round sums on the way: up to 9 roundings were seen of sums over 1,024 products in
 * float16, on a processor that adds them in that type. A wrong kernel is off by hundreds.
 */
const MOST_ROUNDINGS = 16

type Op = (x: Tensor4D) => Tensor

/** Batch normalisation with fixed scales, and poolings: values and gradients of the half kernel beside the float32 one. */
const OPS: readonly Op[] = [
  (x) => {
    const channels = x.shape[3]
    const [ones, zeros] = [tf.ones([channels]) as Tensor1D, tf.zeros([channels]) as Tensor1D]
    return batchNormTraining(x, { gamma: ones, beta: zeros, runningMean: zeros, runningVariance: ones }).value
  },
  (x) => averagePool(x, { kernel: [3, 3], strides: [2, 2], padding: evenPadding(1), countPadding: false }),
  (x) => maxPool(x, { kernel: [2, 2], strides: [2, 2], padding: 'valid' }),
]

function opError(op: Op, type: HalfType): number {
  const random = createRandom(3)
  return scoped(() => {
    // Each value once, so that a maximum is the same one in both precisions; 256 of them are exact in both types.
    const values = random.shuffle(Array.from({ length: 256 }, (_, i) => (i - 128) / 128))
    const x = tf.tensor4d(values, [1, 8, 8, 4])
    const inHalf = (input: Tensor): Tensor => toFloat32(op(toHalf(input as Tensor4D, type)))
    const whole = (input: Tensor): Tensor => op(input as Tensor4D)
    const y = whole(x)
    const dy = tf.tensor(
      Float32Array.from({ length: y.size }, () => (random.integer(129) - 64) / 64),
      y.shape,
    )
    const gradient = (f: (input: Tensor) => Tensor): ArrayLike<number> => tf.grad(f)(x, dy).dataSync()
    return Math.max(relativeError(inHalf(x).dataSync(), y.dataSync()), relativeError(gradient(inHalf), gradient(whole)))
  })
}

/** Whether everything tried is right in `type`; an op that does not exist is wrong, too. */
function isRight(type: HalfType, cases: readonly ConvolutionCase[]): boolean {
  const bound = MOST_ROUNDINGS * ROUNDING[type]
  try {
    return (
      cases.every((check) => convolutionError(check, type) <= bound) && OPS.every((op) => opError(op, type) <= bound)
    )
  } catch {
    return false // refused by TensorFlow: not usable here
  }
}

/** The mixed precisions that this process's device computes rightly. */
export const provedPrecisions = (cases: readonly ConvolutionCase[]): HalfPrecision[] =>
  HALF_PRECISIONS.filter((precision) => isRight(TYPES[precision], cases))
