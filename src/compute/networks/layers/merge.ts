// Layers with several inputs. `[1, 1, channels]` spreads over a map, as in squeeze-excitation.
import { tf, type Tensor } from '../../tensorflow/backend'
import type { LayerBuilder } from './layer-builder'

export const add: LayerBuilder = ({ inputs }) => inputs.reduce((sum, input) => tf.add(sum, input))

export const multiply: LayerBuilder = ({ inputs }) => inputs.reduce((product, input) => tf.mul(product, input))

export const concatenate: LayerBuilder = ({ inputs }) => tf.concat<Tensor>([...inputs], inputs[0].rank - 1)
