// x * clip(x / 6 + 0.5, 0, 1).
import { activation } from './simple-layer'

export const hardSwish = activation(
  'hard-swish',
  'Hard swish',
  'SiLU made of straight lines. Close to its accuracy at the price of ReLU; from MobileNetV3.',
)
