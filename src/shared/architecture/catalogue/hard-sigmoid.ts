// clip(x / 6 + 0.5, 0, 1) as MobileNetV3 and PyTorch; the one of Keras 2 is x / 5 + 0.5.
import { activation } from './simple-layer'

export const hardSigmoid = activation(
  'hard-sigmoid',
  'Hard sigmoid',
  'A sigmoid made of straight lines, x / 6 + 0.5 kept within 0 and 1. A cheap gate for mobile networks.',
)
