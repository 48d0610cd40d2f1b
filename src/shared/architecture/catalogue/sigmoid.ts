// 1 / (1 + exp(-x)).
import { activation } from './simple-layer'

export const sigmoid = activation(
  'sigmoid',
  'Sigmoid',
  'Squeezes values into 0 to 1. Use it as a gate, for example at the end of squeeze-excitation, not between convolutions.',
)
