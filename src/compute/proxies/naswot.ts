// Overlap of activation patterns: which rectifiers fire for which image (Mellor and others 2021, "Neural Architecture Search without
// Training", ICML). The kernel counts, for each pair of images, the units that agree; the figure is the logarithm of its determinant.
import type { ActivationKind } from '@shared/architecture/catalogue'
import { scoped, tf } from '../tensorflow/backend'
import { logDeterminant } from './linear-algebra'
import type { Proxy } from './proxy'

/** ReLU as published, and what is above zero exactly where its input is. */
const RECTIFIERS: ReadonlySet<string> = new Set<ActivationKind>(['relu', 'relu6', 'silu', 'gelu', 'hard-swish'])

export const naswot: Proxy = ({ network, array, images, seed }) => {
  const count = images.shape[0]
  const kernel = Array.from({ length: count }, () => new Float64Array(count))
  const kinds = new Map(network.graph.nodes.map(({ id, kind }) => [id, kind]))
  scoped(() => {
    network.forward(images, array, seed, null, (id, value) => {
      if (!RECTIFIERS.has(kinds.get(id) ?? '')) return
      const agreeing = scoped(() => {
        // Units that agree: both fire, or neither does. Whole numbers, exact in float32 below 16 million units.
        const fires = tf.cast(tf.greater(tf.reshape(value, [count, -1]), 0), 'float32')
        const rests = tf.sub(1, fires)
        return tf.add(tf.matMul(fires, fires, false, true), tf.matMul(rests, rests, false, true)).dataSync()
      })
      kernel.forEach((row, i) => row.forEach((sum, j) => (row[j] = sum + agreeing[i * count + j]!)))
    })
  })
  return logDeterminant(kernel)
}
