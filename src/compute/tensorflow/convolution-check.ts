// One convolution of any kind on this process's kernels against float64: result and both gradients. What the self-check and
// tests are made of.
import { createRandom } from '@shared/random'
import { scoped, tf, type Tensor, type Tensor4D } from './backend'
import { toFloat32, toHalf, type HalfType } from './half'
import { conv2d, groupedConv2d } from './kernels/conv2d'
import { depthwiseConv2d } from './kernels/depthwise-conv2d'
import {
  outputSize,
  referenceConvolution,
  relativeError,
  sizes,
  type ConvolutionGeometry,
} from './reference-convolution'

export type ConvolutionKind = 'dense' | 'dilated' | 'depthwise' | 'grouped'

export interface ConvolutionCase {
  readonly kind: ConvolutionKind
  readonly geometry: ConvolutionGeometry
}

/** float32 sums of a few hundred products stay below 1e-6; the known defect is above 2e-2. */
export const ERROR_BOUND = 1e-4

/**
 * The largest of the errors of result, input gradient and filter gradient of a case on this process's kernels.
 * @param half computes in this type, on numbers that are exact in it
 */
export function convolutionError({ kind, geometry }: ConvolutionCase, half: HalfType | null = null): number {
  const { batch, height, width, channels, filters, kernel, strides, dilations, padding, groups } = geometry
  const random = createRandom(1)
  const value = (): number => (half === null ? random.next() * 2 - 1 : (random.integer(129) - 64) / 64)
  const draw = (length: number): Float32Array => Float32Array.from({ length }, value)
  const size = sizes(geometry)
  const [x, w, dy] = [draw(size.x), draw(size.w), draw(size.y)]
  const expected = referenceConvolution(geometry, x, w, dy)
  const options = { strides, dilations, padding }
  const filterShape: [number, number, number, number] =
    kind === 'depthwise' ? [...kernel, channels, filters / channels] : [...kernel, channels / groups, filters]
  const typed = (tensor: Tensor4D): Tensor4D => (half === null ? tensor : toHalf(tensor, half))
  const convolve = (wholeInput: Tensor4D, wholeFilter: Tensor4D): Tensor4D => {
    const [input, filter] = [typed(wholeInput), typed(wholeFilter)]
    if (kind === 'depthwise') return depthwiseConv2d(input, filter, options)
    return kind === 'grouped' ? groupedConv2d(input, filter, groups, options) : conv2d(input, filter, options)
  }
  return scoped(() => {
    const input = tf.tensor4d(x, [batch, height, width, channels])
    const filter = tf.tensor4d(w, filterShape)
    const cotangent = tf.tensor4d(dy, [batch, ...outputSize(geometry), filters])
    const whole = (a: Tensor, b: Tensor): Tensor4D => toFloat32(convolve(a as Tensor4D, b as Tensor4D))
    const y = whole(input, filter)
    const [dx, dw] = tf.grads(whole)([input, filter], cotangent)
    return Math.max(
      relativeError(y.dataSync(), expected.y),
      relativeError(dx!.dataSync(), expected.dx),
      relativeError(dw!.dataSync(), expected.dw),
    )
  })
}
