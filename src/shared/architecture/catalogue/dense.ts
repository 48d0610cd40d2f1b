// Fully connected layer on a flattened input.
import { elementCount } from '../../element-count'
import type { LayerDefinition } from '../layer'
import { biasSpec, MAX_CHANNELS } from './parameter-specs'
import { flagOf, numberOf } from './parameter-values'
import { failed, ONE_INPUT, shapeText } from './simple-layer'

export const dense: LayerDefinition = {
  kind: 'dense',
  family: 'dense',
  title: 'Dense',
  help: 'Connects every input feature with every output feature. Usually the last layer, with one output per class; before it stand global average pooling and flatten.',
  parameters: {
    features: {
      type: 'integer',
      min: 1,
      // Room for ImageNet-21k's 21,841 classes.
      max: 2 * MAX_CHANNELS,
      default: 10,
      title: 'Features',
      help: 'Number of outputs: the number of classes for a classifier.',
    },
    bias: biasSpec(true, 'Adds a learned number to each output.'),
  },
  inputs: ONE_INPUT,
  shape(parameters, [input]) {
    if (input.length !== 1) {
      return failed(`expected flattened features, received ${shapeText(input)}: put a flatten layer before it`)
    }
    return { ok: true, shape: [numberOf(parameters, 'features')] }
  },
  cost(parameters, [input], output) {
    const features = elementCount(output)
    const weights = elementCount(input) * features
    return { parameters: weights + (flagOf(parameters, 'bias') ? features : 0), statistics: 0, macs: weights }
  },
}
