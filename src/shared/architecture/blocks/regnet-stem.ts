// RegNet's SimpleStemIN (Radosavovic et al. 2020; torchvision 0.11): one strided convolution.
import { numberOf } from '../catalogue/parameter-values'
import { INPUT_ID } from '../layer'
import { ANY_WIDTH, blockStrideSpec, defineBlock, widthSpec } from './define-block'
import { convNorm } from './parts'

export const regnetStem = defineBlock({
  name: 'regnet-stem',
  title: 'RegNet stem',
  origin: 'RegNet',
  help: 'A 3x3 convolution with batch normalisation and ReLU that halves the map: where RegNet begins.',
  parameters: { width: widthSpec(32), stride: blockStrideSpec(2) },
  widths: ANY_WIDTH,
  build: (graph, parameters) =>
    convNorm(graph, 'main', INPUT_ID, {
      channels: numberOf(parameters, 'width'),
      kernel: 3,
      stride: numberOf(parameters, 'stride'),
      activation: 'relu',
    }),
})
