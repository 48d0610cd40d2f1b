// Gradient norm: the length of the loss's gradient, summed over the kernels (Abdelfattah and others 2021, "Zero-cost proxies for
// lightweight NAS", section 3.1: L2 norm of each layer's gradient on one batch, then summed).
import { trainedNames } from '../networks/network'
import { scoped, tf, type Scalar, type Tensor } from '../tensorflow/backend'
import { softmaxCrossEntropy } from '../tensorflow/kernels/cross-entropy'
import { mean } from '../tensorflow/kernels/dense'
import { kernelsOf, type Proxy } from './proxy'

export const gradNorm: Proxy = ({ network, array, images, labels, seed }) =>
  scoped(() => {
    const names = kernelsOf(network, trainedNames(network, null))
    const lossOf = (...kernels: Tensor[]): Scalar => {
      const given = new Map(names.map((name, i) => [name, kernels[i]!]))
      const { logits } = network.forward(images, (name) => given.get(name) ?? array(name), seed)
      return mean(softmaxCrossEntropy(logits, labels))
    }
    const gradients = tf.grads(lossOf)(names.map(array))
    return gradients.reduce((sum, gradient) => sum + tf.norm(gradient).dataSync()[0]!, 0)
  })
