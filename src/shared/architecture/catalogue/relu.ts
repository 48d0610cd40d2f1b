// max(x, 0).
import { activation } from './simple-layer'

export const relu = activation(
  'relu',
  'ReLU',
  'Passes positive values and cuts negative ones to zero. Cheap, and the right choice unless the family you copy uses another one.',
)
