// EfficientNet's ConvNormActivation (torchvision 0.11, ops/misc): also the stem of most networks.
import type { LayerKind } from '../catalogue'
import { numberOf, textOf } from '../catalogue/parameter-values'
import { INPUT_ID } from '../layer'
import { ANY_WIDTH, blockKernelSpec, blockStrideSpec, defineBlock, widthSpec } from './define-block'
import { convNorm, fittingGroups } from './parts'

/** Activations offered, by the name of their layer kind. */
const ACTIVATIONS: Readonly<Record<string, LayerKind | undefined>> = {
  silu: 'silu',
  relu: 'relu',
  relu6: 'relu6',
  'hard-swish': 'hard-swish',
  gelu: 'gelu',
  none: undefined,
}

export const efficientnetConvNormActivation = defineBlock({
  name: 'efficientnet-conv-norm-activation',
  title: 'Convolution, norm, activation',
  origin: 'EfficientNet',
  help: 'A convolution, batch normalisation and an activation: the simplest block that changes width and size. With groups it gets lighter; the number of groups is lowered to one that divides the input.',
  parameters: {
    width: widthSpec(32),
    stride: blockStrideSpec(1),
    kernel: blockKernelSpec(3),
    groups: { type: 'integer', min: 1, max: 8192, default: 1, title: 'Groups', help: 'At most this many groups.' },
    activation: { type: 'choice', choices: Object.keys(ACTIVATIONS), default: 'silu', title: 'Activation' },
  },
  widths: ANY_WIDTH,
  build(graph, parameters) {
    const channels = numberOf(parameters, 'width')
    return convNorm(graph, 'main', INPUT_ID, {
      channels,
      kernel: numberOf(parameters, 'kernel'),
      stride: numberOf(parameters, 'stride'),
      groups: fittingGroups(numberOf(parameters, 'groups'), graph.channelsOf(INPUT_ID), channels),
      activation: ACTIVATIONS[textOf(parameters, 'activation')],
    })
  },
})
