// Element-wise sum of equal shapes: the residual connection.
import type { LayerDefinition } from '../layer'
import { mergedShape } from './merge'
import { NO_COST } from './simple-layer'

export const add: LayerDefinition = {
  kind: 'add',
  family: 'merge',
  title: 'Add',
  help: 'Adds its inputs element by element; all must have the same shape. It closes residual connections: use a 1x1 convolution on the shortcut when the shapes differ.',
  parameters: {},
  inputs: { min: 2, max: 64 },
  shape: (_parameters, inputs) => mergedShape(inputs, 'equal'),
  cost: () => NO_COST,
}
