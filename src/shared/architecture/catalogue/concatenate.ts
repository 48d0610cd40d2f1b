// Joins inputs along the channels.
import { channelsOf, type LayerDefinition, type TensorShape } from '../layer'
import { failed, NO_COST, shapeText } from './simple-layer'
import { isMap } from './window'

export const concatenate: LayerDefinition = {
  kind: 'concatenate',
  family: 'merge',
  title: 'Concatenate',
  help: 'Puts the channels of its inputs side by side, in order. Heights and widths must be equal, channels may differ. Used by Inception and dense blocks.',
  parameters: {},
  inputs: { min: 2, max: 64 },
  shape(_parameters, inputs) {
    const [first] = inputs
    const isFitting = (shape: TensorShape): boolean =>
      shape.length === first.length && (!isMap(shape) || (shape[0] === first[0] && shape[1] === first[1]))
    const misfit = inputs.find((shape) => !isFitting(shape))
    if (misfit !== undefined) {
      return failed(`${shapeText(misfit)} cannot be joined to ${shapeText(first)}: only the channels may differ`)
    }
    const channels = inputs.reduce((sum, shape) => sum + channelsOf(shape), 0)
    return { ok: true, shape: isMap(first) ? [first[0], first[1], channels] : [channels] }
  },
  cost: () => NO_COST,
}
