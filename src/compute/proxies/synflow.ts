// Synaptic flow: with all weights made positive, an image of ones and no normalisation, the sum over all kernels of |weight x gradient
// of the summed scores| (Tanaka and others 2020, "Pruning neural networks without any data by iteratively conserving synaptic flow";
// as a figure of an architecture in Abdelfattah and others 2021). Here its natural logarithm, which has the same order.
import { trainedNames } from '../networks/network'
import { scoped, tf, type Scalar, type Tensor, type Tensor4D } from '../tensorflow/backend'
import { BATCH_NORM_EPSILON } from '../networks/layers/batch-norm-constants'
import { kernelsOf, type Proxy, type ProxyInput } from './proxy'

/** Of the first look: a network that multiplies its input by up to 10^68 stays finite. */
const FIRST_SCALE = 1e-30
/** Smaller numbers are none in float32. */
const LEAST_SCALE = 1e-37

/**
 * The published figure is computed in float64, which TensorFlow.js does not have: the scores of a deep network are beyond float32. Scores
 * are proportional to the input where every layer is (convolution, ReLU, pooling, sums), so input and scores are scaled such that forward
 * and backward pass meet in the middle, and the figure is scaled back: exact for such networks. Where sigmoids and their kin weigh
 * channels, it is the figure at that scale.
 */
export const synflow: Proxy = (input) => {
  const gain = flowOf(input, FIRST_SCALE, null) / FIRST_SCALE
  if (!(gain > 0 && gain < Infinity)) return -Infinity
  const scale = Math.min(1, Math.max(LEAST_SCALE, 1 / Math.sqrt(gain)))
  return Math.log(flowOf(input, scale, scale)) - 2 * Math.log(scale)
}

/** The summed scores of an image of `scale`; with `weight`, the synaptic flow of the scores times that. */
function flowOf({ network, array, images }: ProxyInput, scale: number, weight: number | null): number {
  return scoped(() => {
    const roles = new Map(network.arrays.map(({ name, role }) => [name, role]))
    const [, height, width, channels] = images.shape
    const ones: Tensor4D = tf.fill([1, height, width, channels], scale)
    const positive = (name: string): Tensor => withoutNormalisation(roles.get(name) ?? '', array(name))
    const names = kernelsOf(network, trainedNames(network, null))
    const scores = (...kernels: Tensor[]): Scalar => {
      const given = new Map(names.map((name, i) => [name, kernels[i]!]))
      const { logits } = network.forward(ones, (name) => given.get(name) ?? positive(name), null)
      return tf.mul(tf.sum(logits), weight ?? 1)
    }
    const kernels = names.map((name) => tf.abs(array(name)))
    if (weight === null) return scores(...kernels).dataSync()[0]!
    const gradients = tf.grads(scores)(kernels)
    const flows = gradients.map((gradient, i) => tf.sum(tf.abs(tf.mul(gradient, kernels[i]!))).dataSync()[0]!)
    return flows.reduce((sum, flow) => sum + flow, 0)
  })
}

/** Batch normalisation that changes nothing; everything else positive. */
function withoutNormalisation(role: string, value: Tensor): Tensor {
  switch (role) {
    case 'gamma':
      return tf.onesLike(value)
    case 'beta':
    case 'moving-mean':
      return tf.zerosLike(value)
    case 'moving-variance':
      return tf.fill(value.shape, 1 - BATCH_NORM_EPSILON)
    default:
      return tf.abs(value)
  }
}
