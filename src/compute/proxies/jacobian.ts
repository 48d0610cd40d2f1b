// Jacobian covariance: how differently a network at its start answers to different images (Mellor and others 2020, "Neural Architecture
// Search without Training", version 1 of arXiv 2006.04647; as `jacob_cov` in Abdelfattah and others 2021). Gradients of the summed scores
// by the pixels, a row an image; their correlation's eigenvalues v give -sum(log(v + k) + 1 / (v + k)).
import { scoped, tf, type Scalar, type Tensor, type Tensor4D } from '../tensorflow/backend'
import { symmetricEigenvalues } from './linear-algebra'
import type { Proxy } from './proxy'

/** As published: keeps the logarithm of an eigenvalue of none finite. */
const K = 1e-5

export const jacobian: Proxy = ({ network, array, images, seed }) => {
  const rows = scoped(() => {
    const scores = (x: Tensor): Scalar => {
      const sum = tf.sum(network.forward(x as Tensor4D, array, seed).logits)
      // Where the scores depend on no pixel there is still a way to them, of no weight: its gradient is zero, not an error.
      return tf.add(sum, tf.mul(tf.sum(x), 0))
    }
    const gradient = tf.grad(scores)(images)
    return tf.reshape(gradient, [images.shape[0], -1]).arraySync() as number[][]
  })
  return symmetricEigenvalues(correlations(rows)).reduce((sum, v) => sum - (Math.log(v + K) + 1 / (v + K)), 0)
}

/** Pearson's, between rows; not finite for a row without variation. */
function correlations(rows: readonly (readonly number[])[]): Float64Array[] {
  const unit = rows.map((row) => {
    const mean = row.reduce((sum, value) => sum + value, 0) / row.length
    const centred = Float64Array.from(row, (value) => value - mean)
    const length = Math.sqrt(centred.reduce((sum, value) => sum + value * value, 0))
    return centred.map((value) => value / length)
  })
  return unit.map((a) => Float64Array.from(unit, (b) => a.reduce((sum, value, i) => sum + value * b[i]!, 0)))
}
