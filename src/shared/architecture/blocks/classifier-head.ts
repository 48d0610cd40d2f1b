// The end of every classifier here: mean over the map, flatten, dropout, dense. A block so that a network can be written
// as a list of blocks; not one of the paper's 15 and never inside a chain.
import { numberOf } from '../catalogue/parameter-values'
import { rateSpec } from '../catalogue/parameter-specs'
import { defineBlock } from './define-block'

export const classifierHead = defineBlock({
  name: 'classifier-head',
  title: 'Classifier head',
  origin: 'Common',
  help: 'Averages each channel over the map and gives one output per class. The last block of a network.',
  parameters: {
    // 1,000 classes as ImageNet-1k, for which the zoo's counts are published.
    classes: { type: 'integer', min: 1, max: 32768, default: 1000, title: 'Classes', help: 'Number of outputs.' },
    dropout: rateSpec(0, 'Dropout', 'Share of the features that is dropped while training.'),
  },
  build(graph, parameters) {
    const mean = graph.layer('mean', 'global-average-pool')
    const features = graph.layer('flatten', 'flatten', {}, mean)
    const rate = numberOf(parameters, 'dropout')
    const kept = rate > 0 ? graph.layer('dropout', 'dropout', { rate }, features) : features
    return graph.layer('classes', 'dense', { features: numberOf(parameters, 'classes') }, kept)
  },
})
