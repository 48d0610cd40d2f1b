// Maximum over a sliding window. Padding never wins: it counts as minus infinity.
import type { LayerDefinition } from '../layer'
import { ceilSpec, kernelSpec, paddingSpec, strideSpec } from './parameter-specs'
import { poolingWindow } from './pooling-window'
import { NO_COST, ONE_INPUT } from './simple-layer'
import { windowShape } from './window'

export const maxPool: LayerDefinition = {
  kind: 'max-pool',
  family: 'pooling',
  title: 'Max pooling',
  help: 'Keeps the strongest value of each window and drops the rest. At stride 2 it halves the map without weights; at stride 1 it makes features tolerant of small shifts.',
  parameters: { kernel: kernelSpec(3), stride: strideSpec(2), padding: paddingSpec('half'), ceil: ceilSpec },
  inputs: ONE_INPUT,
  shape: (parameters, [input]) => windowShape(input, poolingWindow(parameters)),
  cost: () => NO_COST,
  window: (parameters) => poolingWindow(parameters),
}
