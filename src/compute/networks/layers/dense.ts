// Fully connected layer on `[batch, features]`. Kernels are `[inputs, outputs]`.
import { flagOf, numberOf } from '@shared/architecture/catalogue/parameter-values'
import type { Tensor2D } from '../../tensorflow/backend'
import { biasAdd, matMul } from '../../tensorflow/kernels/dense'
import { biasOf, channelsOf, kernel } from './arrays'
import type { Layer } from './layer'

export const dense: Layer = {
  arrays(parameters, inputs) {
    const [channels, features] = [channelsOf(inputs), numberOf(parameters, 'features')]
    return [kernel([channels, features], 'glorot', channels, features), ...biasOf(parameters, features)]
  },
  build({ parameters, inputs, array }) {
    const product = matMul(inputs[0] as Tensor2D, array('kernel') as Tensor2D)
    return flagOf(parameters, 'bias') ? biasAdd(product, array('bias')) : product
  },
}
