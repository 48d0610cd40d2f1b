// Mean over a sliding window. The mean of the whole map is global-average-pool.
import type { LayerDefinition } from '../layer'
import { ceilSpec, kernelSpec, paddingSpec, strideSpec } from './parameter-specs'
import { poolingWindow } from './pooling-window'
import { NO_COST, ONE_INPUT } from './simple-layer'
import { windowShape } from './window'

export const averagePool: LayerDefinition = {
  kind: 'average-pool',
  family: 'pooling',
  title: 'Average pooling',
  help: 'Replaces each window by its mean. Smoother than max pooling and kinder to gradients; at stride 2 it halves the map without weights.',
  parameters: {
    kernel: kernelSpec(3),
    stride: strideSpec(2),
    padding: paddingSpec('half'),
    ceil: ceilSpec,
    countPadding: {
      type: 'boolean',
      default: false,
      title: 'Count padding',
      help: "Divide by the whole window, padding included (PyTorch's default), instead of by the positions inside the map (TensorFlow).",
    },
  },
  inputs: ONE_INPUT,
  shape: (parameters, [input]) => windowShape(input, poolingWindow(parameters)),
  cost: () => NO_COST,
  window: (parameters) => poolingWindow(parameters),
}
