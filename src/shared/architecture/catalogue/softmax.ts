// exp(x) divided by its sum over the last axis.
import { activation } from './simple-layer'

export const softmax = activation(
  'softmax',
  'Softmax',
  'Turns the last axis into probabilities that add up to 1. Training works on the values before it, so a classifier normally ends with the dense layer instead.',
)
