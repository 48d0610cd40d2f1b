// The catalogue: every layer kind the workbench knows, by name. A new kind is a file and a line here; what else it needs in the
// compute, in exports and in tests: docs/extending.md#a-layer-with-weights.
import { AppError } from '../../errors'
import { quotedValue } from '../../quoted'
import type { LayerDefinition } from '../layer'
import { nearMisses } from '../near-misses'
import { add } from './add'
import { averagePool } from './average-pool'
import { batchNorm } from './batch-norm'
import { channelShuffle } from './channel-shuffle'
import { concatenate } from './concatenate'
import { conv2d } from './conv2d'
import { dense } from './dense'
import { depthwiseConv2d } from './depthwise-conv2d'
import { dropout } from './dropout'
import { flatten } from './flatten'
import { gelu } from './gelu'
import { globalAveragePool } from './global-average-pool'
import { hardSigmoid } from './hard-sigmoid'
import { hardSwish } from './hard-swish'
import { identity } from './identity'
import { maxPool } from './max-pool'
import { multiply } from './multiply'
import { relu } from './relu'
import { relu6 } from './relu6'
import { sigmoid } from './sigmoid'
import { silu } from './silu'
import type { ActivationDefinition } from './simple-layer'
import { softmax } from './softmax'
import { split } from './split'
import { stochasticDepth } from './stochastic-depth'
import { tanh } from './tanh'
import { zero } from './zero'

export { completeParameters, parameterProblem, parameterProblems } from './parameter-values'

/** In the order of the editor's palette. */
const DEFINITIONS = {
  conv2d,
  'depthwise-conv2d': depthwiseConv2d,
  'max-pool': maxPool,
  'average-pool': averagePool,
  'global-average-pool': globalAveragePool,
  'batch-norm': batchNorm,
  relu,
  relu6,
  silu,
  gelu,
  'hard-swish': hardSwish,
  sigmoid,
  'hard-sigmoid': hardSigmoid,
  tanh,
  softmax,
  add,
  concatenate,
  multiply,
  dense,
  flatten,
  dropout,
  'stochastic-depth': stochasticDepth,
  'channel-shuffle': channelShuffle,
  split,
  identity,
  zero,
} as const satisfies Record<string, LayerDefinition>

export type LayerKind = keyof typeof DEFINITIONS
/** Kinds of the family `activation`: one input, no parameters, element by element or over the last axis. */
export type ActivationKind = {
  [K in LayerKind]: (typeof DEFINITIONS)[K] extends ActivationDefinition ? K : never
}[LayerKind]

export const catalogue: ReadonlyMap<string, LayerDefinition> = new Map(Object.entries(DEFINITIONS))
export const LAYER_KINDS = Object.keys(DEFINITIONS) as readonly LayerKind[]

export const ACTIVATION_KINDS = LAYER_KINDS.filter(
  (kind): kind is ActivationKind => DEFINITIONS[kind].family === 'activation',
)

export const isLayerKind = (kind: string): kind is LayerKind => catalogue.has(kind)

/** Why `kind` is not in the catalogue and what may have been meant, as a clause without a full stop. */
export function unknownKindReason(kind: string): string {
  const near = nearMisses(kind, LAYER_KINDS)
  const hint = near.length > 0 ? `did you mean ${near.join(' or ')}?` : `known are ${LAYER_KINDS.join(', ')}`
  return `there is no layer kind ${quotedValue(kind)}; ${hint}`
}

/** @throws AppError `invalid-architecture` naming the kind and the nearest known ones. */
export function layerDefinition(kind: string): LayerDefinition {
  const definition = catalogue.get(kind)
  if (definition !== undefined) return definition
  throw new AppError(
    'invalid-architecture',
    `A layer of the catalogue was expected: ${unknownKindReason(kind)}`,
    'Use a kind of the catalogue; a file from a newer version may need a newer workbench.',
  )
}
