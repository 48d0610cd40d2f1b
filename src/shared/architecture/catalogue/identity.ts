// Passes its input on: the "skip" operation of cell spaces.
import { shapeKeeping } from './simple-layer'

export const identity = shapeKeeping({
  kind: 'identity',
  family: 'other',
  title: 'Identity',
  help: 'Passes its input on unchanged. Stands for a skip connection in cell search spaces.',
})
