// Zeroes a whole image's branch while training (Huang et al. 2016; torchvision's mode "row").
import { rateSpec } from './parameter-specs'
import { shapeKeeping } from './simple-layer'

export const stochasticDepth = shapeKeeping({
  kind: 'stochastic-depth',
  family: 'other',
  title: 'Stochastic depth',
  help: 'While training, drops the whole branch for a random share of the images and scales the rest up. Does nothing otherwise. Put it at the end of a residual branch, before add.',
  parameters: { rate: rateSpec(0.2, 'Rate', 'Share of the images for which the branch is dropped.') },
})
