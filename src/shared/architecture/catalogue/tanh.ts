// The hyperbolic tangent.
import { activation } from './simple-layer'

export const tanh = activation(
  'tanh',
  'Tanh',
  'Squeezes values into -1 to 1. Rare in image networks; it saturates and slows training of deep ones.',
)
