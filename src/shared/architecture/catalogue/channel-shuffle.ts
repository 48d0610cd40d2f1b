// Reorders channels so that groups of a grouped convolution exchange information (ShuffleNet, Zhang et al. 2018, section 3.1).
import type { LayerDefinition } from '../layer'
import { MAX_CHANNELS } from './parameter-specs'
import { numberOf } from './parameter-values'
import { failed, NO_COST, ONE_INPUT } from './simple-layer'
import { isMap, notAMap } from './window'

export const channelShuffle: LayerDefinition = {
  kind: 'channel-shuffle',
  family: 'other',
  title: 'Channel shuffle',
  help: 'Reorders the channels as a card shuffle would: read as groups by rows, written by columns. Lets branches or groups exchange information without any weights.',
  parameters: {
    groups: {
      type: 'integer',
      min: 1,
      max: MAX_CHANNELS,
      default: 2,
      title: 'Groups',
      help: 'Must divide the channels.',
    },
  },
  inputs: ONE_INPUT,
  shape(parameters, [input]) {
    if (!isMap(input)) return notAMap(input)
    const groups = numberOf(parameters, 'groups')
    if (input[2] % groups !== 0) return failed(`${groups} groups do not divide ${input[2]} channels`)
    return { ok: true, shape: input }
  },
  cost: () => NO_COST,
}
