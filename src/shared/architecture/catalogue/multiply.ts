// Element-wise product; a [1, 1, channels] input scales whole channels: the gate of squeeze-excitation.
import type { LayerDefinition } from '../layer'
import { mergedShape } from './merge'
import { NO_COST } from './simple-layer'

export const multiply: LayerDefinition = {
  kind: 'multiply',
  family: 'merge',
  title: 'Multiply',
  help: 'Multiplies its inputs element by element. An input of [1, 1, channels] is spread over the map, so that it weighs whole channels as in squeeze-excitation.',
  parameters: {},
  inputs: { min: 2, max: 64 },
  shape: (_parameters, inputs) => mergedShape(inputs, 'spread'),
  cost: () => NO_COST,
}
