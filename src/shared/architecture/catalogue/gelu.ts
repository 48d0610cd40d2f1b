// x * Phi(x) with the exact normal distribution function, not the tanh approximation.
import { activation } from './simple-layer'

export const gelu = activation(
  'gelu',
  'GELU',
  'A smooth ReLU weighted by the normal distribution. Usual in transformers and ConvNeXt.',
)
