// Cuts a connection while keeping its shape: the "none" operation of cell spaces.
import { shapeKeeping } from './simple-layer'

export const zero = shapeKeeping({
  kind: 'zero',
  family: 'other',
  title: 'Zero',
  help: 'Replaces its input by zeros. Stands for a cut connection in cell search spaces; no gradient passes.',
})
