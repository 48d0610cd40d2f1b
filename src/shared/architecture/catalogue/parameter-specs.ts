// Parameter descriptions that several layer kinds share, so that the editor offers the same ranges everywhere.
// Ranges are what the editor offers and the schema accepts; whether a value fits a given input is the shape rule's word.
import type { ParameterSpec } from '../layer'

/** Widest layer accepted: four times the widest of the zoo (a fully grouped RegNet stage stays below 4,096). */
export const MAX_CHANNELS = 16384
/** Largest window and step: a 64x64 patch covers every patch embedding in use. */
const MAX_WINDOW = 64

export const PADDINGS = ['half', 'same', 'none'] as const
export type Padding = (typeof PADDINGS)[number]

export const kernelSpec = (size: number): ParameterSpec => ({
  type: 'pair',
  min: 1,
  max: MAX_WINDOW,
  default: [size, size],
  title: 'Kernel',
  help: 'Height and width of the window.',
})

export const strideSpec = (step: number): ParameterSpec => ({
  type: 'pair',
  min: 1,
  max: MAX_WINDOW,
  default: [step, step],
  title: 'Stride',
  help: 'Step between two windows, vertically and horizontally. 2 halves the map.',
})

export const paddingSpec = (padding: Padding): ParameterSpec => ({
  type: 'choice',
  choices: PADDINGS,
  default: padding,
  title: 'Padding',
  help: "half: floor(dilation x (kernel - 1) / 2) on each side, as torchvision. same: TensorFlow's SAME, uneven at stride 2. none: only whole windows.",
})

export const dilationSpec: ParameterSpec = {
  type: 'integer',
  min: 1,
  max: 32,
  default: 1,
  title: 'Dilation',
  help: 'Distance between two neighbouring kernel positions in the input. 1 is an ordinary convolution.',
}

export const biasSpec = (isUsed: boolean, help: string): ParameterSpec => ({
  type: 'boolean',
  default: isUsed,
  title: 'Bias',
  help,
})

export const ceilSpec: ParameterSpec = {
  type: 'boolean',
  default: false,
  title: 'Round up',
  help: 'Keep a last window that hangs over the edge (ceil_mode of PyTorch). Ignored by padding same, which always rounds up.',
}

export const channelsSpec: ParameterSpec = {
  type: 'integer',
  min: 1,
  max: MAX_CHANNELS,
  default: 64,
  title: 'Channels',
  help: 'Number of output channels.',
}

export const rateSpec = (rate: number, title: string, help: string): ParameterSpec => ({
  type: 'number',
  min: 0,
  max: 0.95,
  default: rate,
  title,
  help,
})
