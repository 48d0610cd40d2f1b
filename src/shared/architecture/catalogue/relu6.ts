// min(max(x, 0), 6).
import { activation } from './simple-layer'

export const relu6 = activation(
  'relu6',
  'ReLU6',
  'ReLU with an upper limit of 6. Made for mobile networks that are quantised to 8 bits later.',
)
