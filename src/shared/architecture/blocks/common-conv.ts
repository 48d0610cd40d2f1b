// A bare convolution as a block ("Conv" of the paper's Table II), with bias as PyTorch's default.
import { numberOf } from '../catalogue/parameter-values'
import { INPUT_ID } from '../layer'
import { ANY_WIDTH, blockKernelSpec, blockStrideSpec, defineBlock, widthSpec } from './define-block'
import { centredPadding, fittingGroups } from './parts'

export const commonConv = defineBlock({
  name: 'common-conv',
  title: 'Convolution',
  origin: 'Common',
  help: 'A convolution with bias and nothing behind it. Deep chains of it train badly without normalisation and activation blocks between.',
  parameters: {
    width: widthSpec(64),
    stride: blockStrideSpec(1),
    kernel: blockKernelSpec(3),
    groups: { type: 'integer', min: 1, max: 8192, default: 1, title: 'Groups', help: 'At most this many groups.' },
  },
  widths: ANY_WIDTH,
  build(graph, parameters) {
    const channels = numberOf(parameters, 'width')
    const kernel = numberOf(parameters, 'kernel')
    const stride = numberOf(parameters, 'stride')
    return graph.layer('conv', 'conv2d', {
      channels,
      kernel: [kernel, kernel],
      stride: [stride, stride],
      padding: centredPadding(kernel),
      groups: fittingGroups(numberOf(parameters, 'groups'), graph.channelsOf(INPUT_ID), channels),
      bias: true,
    })
  },
})
