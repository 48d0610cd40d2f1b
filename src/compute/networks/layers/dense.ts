// Fully connected layer on `[batch, features]`.
import { flagOf } from '@shared/architecture/catalogue/parameter-values'
import type { Tensor2D } from '../../tensorflow/backend'
import { biasAdd, matMul } from '../../tensorflow/kernels/dense'
import type { LayerBuilder } from './layer-builder'

export const dense: LayerBuilder = ({ parameters, inputs, array }) => {
  const product = matMul(inputs[0] as Tensor2D, array('kernel') as Tensor2D)
  return flagOf(parameters, 'bias') ? biasAdd(product, array('bias')) : product
}
