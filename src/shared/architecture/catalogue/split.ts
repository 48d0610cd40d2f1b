// Takes one of several equal parts of the channels.
import type { LayerDefinition } from '../layer'
import { numberOf } from './parameter-values'
import { failed, NO_COST, ONE_INPUT } from './simple-layer'
import { isMap, notAMap } from './window'

/** More parts than this is a sign of a mistake: ShuffleNet uses 2, CSP networks up to 4. */
const MAX_PARTS = 64

export const split: LayerDefinition = {
  kind: 'split',
  family: 'other',
  title: 'Split',
  help: 'Cuts the channels into equal parts and passes one of them on. Use one split per branch and join the branches with concatenate, as ShuffleNet does.',
  parameters: {
    parts: { type: 'integer', min: 1, max: MAX_PARTS, default: 2, title: 'Parts', help: 'Must divide the channels.' },
    part: {
      type: 'integer',
      min: 0,
      max: MAX_PARTS - 1,
      default: 0,
      title: 'Part',
      help: 'Which part, counted from 0.',
    },
  },
  inputs: ONE_INPUT,
  shape(parameters, [input]) {
    if (!isMap(input)) return notAMap(input)
    const parts = numberOf(parameters, 'parts')
    const part = numberOf(parameters, 'part')
    if (part >= parts) return failed(`part ${part} does not exist among ${parts} parts counted from 0`)
    if (input[2] % parts !== 0) return failed(`${parts} parts do not divide ${input[2]} channels`)
    return { ok: true, shape: [input[0], input[1], input[2] / parts] }
  },
  cost: () => NO_COST,
}
