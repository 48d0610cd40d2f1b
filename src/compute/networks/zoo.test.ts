// Zoo networks built on TensorFlow: the variables they are made of hold exactly the trainable parameters and the statistics
// that torchvision's models have, and an image goes through. At 32 x 32 pixels: parameters do not depend on the size.
import { describe, expect, it } from 'vitest'
import { zooNetwork } from '@shared/architecture/zoo'
import counts from '../../../tests/fixtures/zoo-torchvision.json'
import { scoped, tf, type Tensor4D, type Variable } from '../tensorflow/backend'
import { buildNetwork } from './network'

/** Of every family, the smaller ones: the largest have hundreds of megabytes of weights. */
const NETWORKS = [
  ...(['efficientnet_b0', 'efficientnet_b1', 'googlenet', 'regnet_x_400mf', 'regnet_y_400mf'] as const),
  ...(['resnet18', 'resnet34', 'resnet50', 'resnext50_32x4d', 'wide_resnet50_2'] as const),
  ...(['shufflenet_v2_x0_5', 'shufflenet_v2_x1_0'] as const),
]

const sizeOfAll = (variables: readonly Variable[]): number => variables.reduce((sum, { size }) => sum + size, 0)

describe('built zoo networks', () => {
  it.each(NETWORKS)("%s has exactly torchvision's parameters, and an image goes through", (name) => {
    const network = buildNetwork(zooNetwork(name, { input: [32, 32, 3] }).graph)
    scoped(() => {
      const variables = new Map(
        network.arrays.map(({ name: array, shape, trained }) => [
          array,
          // Variances of one, so that nothing is divided by zero; kernels so small that sums of thousands do not overflow.
          tf.variable(/variance|gamma/.test(array) ? tf.ones([...shape]) : tf.fill([...shape], 1e-4), trained),
        ]),
      )
      const all = [...variables.values()]
      expect({
        parameters: sizeOfAll(all.filter(({ trainable }) => trainable)),
        statistics: sizeOfAll(all.filter(({ trainable }) => !trainable)),
      }).toEqual({ parameters: counts.networks[name].parameters, statistics: counts.networks[name].statistics })
      const image = tf.ones([1, 32, 32, 3]) as Tensor4D
      const { logits } = network.forward(image, (array) => variables.get(array)!, null)
      expect(logits.shape).toEqual([1, 1000])
      expect(logits.dataSync().every(Number.isFinite)).toBe(true)
      tf.dispose(all)
    })
  })
})
