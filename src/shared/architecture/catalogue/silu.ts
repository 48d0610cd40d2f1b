// x * sigmoid(x), also called swish.
import { activation } from './simple-layer'

export const silu = activation(
  'silu',
  'SiLU',
  'A smooth ReLU that lets small negative values through. Used throughout EfficientNet; slightly better and slower than ReLU.',
)
