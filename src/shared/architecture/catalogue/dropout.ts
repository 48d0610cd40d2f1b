// Zeroes single elements while training.
import { rateSpec } from './parameter-specs'
import { shapeKeeping } from './simple-layer'

export const dropout = shapeKeeping({
  kind: 'dropout',
  family: 'other',
  title: 'Dropout',
  help: 'While training, sets a random share of the elements to zero and scales the rest up. Does nothing otherwise. Put it before the classifier when the network overfits.',
  parameters: { rate: rateSpec(0.2, 'Rate', 'Share of the elements that is dropped.') },
})
