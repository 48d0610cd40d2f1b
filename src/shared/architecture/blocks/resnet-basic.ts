// ResNet's BasicBlock (He et al. 2016; torchvision 0.11): two 3x3 convolutions and a shortcut.
import { numberOf } from '../catalogue/parameter-values'
import { INPUT_ID } from '../layer'
import { ANY_WIDTH, blockStrideSpec, defineBlock, widthSpec } from './define-block'
import { convNorm, residual } from './parts'

export const resnetBasic = defineBlock({
  name: 'resnet-basic',
  title: 'ResNet basic block',
  origin: 'ResNet',
  help: 'Two 3x3 convolutions and the input added to their result. The block of ResNet-18 and ResNet-34; a safe choice for small images.',
  parameters: { width: widthSpec(64), stride: blockStrideSpec(1) },
  widths: ANY_WIDTH,
  build(graph, parameters) {
    const channels = numberOf(parameters, 'width')
    const stride = numberOf(parameters, 'stride')
    const first = convNorm(graph, 'first', INPUT_ID, { channels, kernel: 3, stride, activation: 'relu' })
    return residual(graph, convNorm(graph, 'second', first, { channels, kernel: 3 }), stride)
  },
})
