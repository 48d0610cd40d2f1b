// Joins inputs along the channels.
import type { LayerDefinition } from '../layer'
import { failed, NO_COST, shapeText } from './simple-layer'

export const concatenate: LayerDefinition = {
  kind: 'concatenate',
  family: 'merge',
  title: 'Concatenate',
  help: 'Puts the channels of its inputs side by side, in order. Heights and widths must be equal, channels may differ. Used by Inception and dense blocks.',
  parameters: {},
  inputs: { min: 2, max: 64 },
  shape(_parameters, inputs) {
    const first = inputs[0]
    const axes = first.slice(0, -1)
    const isFitting = (shape: (typeof inputs)[number]): boolean =>
      shape.length === first.length && axes.every((size, axis) => shape[axis] === size)
    const misfit = inputs.find((shape) => !isFitting(shape))
    if (misfit !== undefined) {
      return failed(`${shapeText(misfit)} cannot be joined to ${shapeText(first)}: only the channels may differ`)
    }
    return { ok: true, shape: [...axes, inputs.reduce((sum, shape) => sum + shape[shape.length - 1]!, 0)] }
  },
  cost: () => NO_COST,
}
