// Fully connected layer on `[batch, features]`. Kernels are `[inputs, outputs]`.
import { flagOf, numberOf } from '@shared/architecture/catalogue/parameter-values'
import { channelsOf } from '@shared/architecture/layer'
import type { Tensor2D } from '../../tensorflow/backend'
import { biasAdd, matMul } from '../../tensorflow/kernels/dense'
import { biasOf, kernel } from './arrays'
import type { Layer } from './layer'

export const dense: Layer = {
  arrays(parameters, [input]) {
    const [channels, features] = [channelsOf(input), numberOf(parameters, 'features')]
    return [kernel([channels, features], 'glorot', channels, features), ...biasOf(parameters, features)]
  },
  build({ parameters, inputs, array }) {
    const product = matMul(inputs[0] as Tensor2D, array('kernel') as Tensor2D)
    return flagOf(parameters, 'bias') ? biasAdd(product, array('bias')) : product
  },
}
