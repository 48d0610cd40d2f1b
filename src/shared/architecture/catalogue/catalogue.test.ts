// Shapes and costs of every kind against figures worked out by hand, and the promises the catalogue makes as a whole.
import { describe, expect, it } from 'vitest'
import { AppError } from '../../errors'
import { inputShapes, type LayerCost, type ParameterValues, type TensorShape } from '../layer'
import { catalogue, completeParameters, isLayerKind, LAYER_KINDS, layerDefinition, type LayerKind } from './index'

interface Golden {
  readonly kind: LayerKind
  readonly given?: ParameterValues
  readonly inputs: readonly TensorShape[]
  readonly shape: TensorShape
  /** Left out where the layer costs nothing. */
  readonly cost?: Partial<LayerCost>
}

const MAP: TensorShape = [9, 7, 6]
const same = (kind: LayerKind): Golden => ({ kind, inputs: [MAP], shape: MAP })

const GOLDEN: readonly Golden[] = [
  // 3 * 3 * 6 * 4 weights at 9 * 7 positions.
  {
    kind: 'conv2d',
    given: { channels: 4 },
    inputs: [MAP],
    shape: [9, 7, 4],
    cost: { parameters: 216, macs: 216 * 63 },
  },
  // Two groups halve the weights; bias adds 4; stride 2 leaves 5 x 4 positions.
  {
    kind: 'conv2d',
    given: { channels: 4, stride: [2, 2], groups: 2, bias: true },
    inputs: [MAP],
    shape: [5, 4, 4],
    cost: { parameters: 108 + 4, macs: 108 * 20 },
  },
  // Dilation 2 spans 5 positions: without padding 9 - 4 and 7 - 4 remain.
  {
    kind: 'conv2d',
    given: { channels: 1, dilation: 2, padding: 'none' },
    inputs: [MAP],
    shape: [5, 3, 1],
    cost: { parameters: 54, macs: 54 * 15 },
  },
  // An uneven kernel: half pads 0 rows and 2 columns on each side.
  {
    kind: 'conv2d',
    given: { channels: 2, kernel: [1, 5] },
    inputs: [MAP],
    shape: [9, 7, 2],
    cost: { parameters: 60, macs: 60 * 63 },
  },
  // Even kernels: half pads floor(3 / 2) = 1 and loses one position, same keeps all.
  {
    kind: 'conv2d',
    given: { channels: 1, kernel: [4, 4] },
    inputs: [[8, 8, 1]],
    shape: [7, 7, 1],
    cost: { parameters: 16, macs: 784 },
  },
  {
    kind: 'conv2d',
    given: { channels: 1, kernel: [4, 4], padding: 'same' },
    inputs: [[8, 8, 1]],
    shape: [8, 8, 1],
    cost: { parameters: 16, macs: 1024 },
  },
  // 3 * 3 weights for each of 6 * 2 output channels, and as many biases.
  {
    kind: 'depthwise-conv2d',
    given: { multiplier: 2, stride: [2, 1], bias: true },
    inputs: [MAP],
    shape: [5, 7, 12],
    cost: { parameters: 108 + 12, macs: 108 * 35 },
  },
  { kind: 'max-pool', inputs: [[112, 112, 64]], shape: [56, 56, 64] },
  // GoogLeNet's first pooling: (112 - 3) / 2 = 54.5, rounded up.
  { kind: 'max-pool', given: { padding: 'none', ceil: true }, inputs: [[112, 112, 64]], shape: [56, 56, 64] },
  { kind: 'max-pool', given: { padding: 'none' }, inputs: [[112, 112, 64]], shape: [55, 55, 64] },
  // PyTorch drops a rounded-up window that would start behind the map: at position 3 of 4 it stays, of 3 it goes.
  {
    kind: 'max-pool',
    given: { kernel: [2, 2], stride: [3, 3], padding: 'none', ceil: true },
    inputs: [[4, 3, 1]],
    shape: [2, 1, 1],
  },
  { kind: 'average-pool', given: { kernel: [2, 2], padding: 'none' }, inputs: [MAP], shape: [4, 3, 6] },
  { kind: 'average-pool', given: { kernel: [2, 2], padding: 'same' }, inputs: [MAP], shape: [5, 4, 6] },
  { kind: 'global-average-pool', inputs: [MAP], shape: [1, 1, 6] },
  { kind: 'batch-norm', inputs: [MAP], shape: MAP, cost: { parameters: 12, statistics: 12 } },
  { kind: 'batch-norm', inputs: [[10]], shape: [10], cost: { parameters: 20, statistics: 20 } },
  same('relu'),
  same('relu6'),
  same('silu'),
  same('gelu'),
  same('hard-swish'),
  same('sigmoid'),
  same('hard-sigmoid'),
  same('tanh'),
  same('softmax'),
  { kind: 'add', inputs: [MAP, MAP, MAP], shape: MAP },
  { kind: 'concatenate', inputs: [MAP, [9, 7, 1], MAP], shape: [9, 7, 13] },
  { kind: 'concatenate', inputs: [[4], [5]], shape: [9] },
  { kind: 'multiply', inputs: [[1, 1, 6], MAP], shape: MAP },
  { kind: 'dense', given: { features: 5 }, inputs: [[8]], shape: [5], cost: { parameters: 45, macs: 40 } },
  { kind: 'dense', given: { features: 5, bias: false }, inputs: [[8]], shape: [5], cost: { parameters: 40, macs: 40 } },
  { kind: 'flatten', inputs: [MAP], shape: [378] },
  same('dropout'),
  same('stochastic-depth'),
  { kind: 'channel-shuffle', given: { groups: 3 }, inputs: [MAP], shape: MAP },
  { kind: 'split', given: { parts: 3, part: 2 }, inputs: [MAP], shape: [9, 7, 2] },
  same('identity'),
  same('zero'),
]

function evaluate({ kind, given = {}, inputs }: Omit<Golden, 'shape'>) {
  const definition = layerDefinition(kind)
  const parameters = completeParameters(definition, given)
  const result = definition.shape(parameters, inputShapes(inputs))
  return result.ok
    ? { shape: result.shape, cost: definition.cost(parameters, inputShapes(inputs), result.shape) }
    : { reason: result.reason }
}

describe('golden values', () => {
  it.each(GOLDEN)('$kind $given on $inputs', (golden) => {
    expect(evaluate(golden)).toEqual({
      shape: golden.shape,
      cost: { parameters: 0, statistics: 0, macs: 0, ...golden.cost },
    })
  })

  it('cover every kind', () => {
    expect(new Set(GOLDEN.map((golden) => golden.kind))).toEqual(new Set(LAYER_KINDS))
  })
})

describe('refusals', () => {
  it.each<[LayerKind, ParameterValues, readonly TensorShape[], RegExp]>([
    ['conv2d', { groups: 4 }, [MAP], /4 groups do not divide 6 input channels/],
    ['conv2d', { channels: 4, groups: 3 }, [MAP], /3 groups do not divide 4 output channels/],
    ['conv2d', { padding: 'none', kernel: [9, 8] }, [MAP], /window of 9x8 does not fit a map of 9x7/],
    ['conv2d', {}, [[10]], /already flattened/],
    ['max-pool', { padding: 'none' }, [[2, 2, 3]], /window of 3x3 does not fit/],
    ['dense', {}, [MAP], /put a flatten layer before it/],
    ['add', {}, [MAP, [9, 7, 1]], /\[9, 7, 6\] and \[9, 7, 1\]/],
    ['add', {}, [MAP, [1, 1, 6]], /different shapes/],
    ['multiply', {}, [MAP, [1, 1, 5]], /different shapes/],
    ['concatenate', {}, [MAP, [9, 6, 6]], /only the channels may differ/],
    ['concatenate', {}, [MAP, [6]], /only the channels may differ/],
    ['channel-shuffle', { groups: 4 }, [MAP], /4 groups do not divide 6/],
    ['split', { parts: 4 }, [MAP], /4 parts do not divide 6/],
    ['split', { parts: 2, part: 2 }, [MAP], /part 2 does not exist/],
    ['global-average-pool', {}, [[6]], /already flattened/],
  ])('%s %o on %o', (kind, given, inputs, reason) => {
    expect(evaluate({ kind, given, inputs }).reason).toMatch(reason)
  })
})

describe('the catalogue', () => {
  it.each(LAYER_KINDS)('%s has a title, help for a practitioner and sound defaults', (kind) => {
    const definition = layerDefinition(kind)
    expect(definition.kind).toBe(kind)
    expect(definition.title).not.toBe('')
    expect(definition.help.split(/[.!?](?:\s|$)/).filter(Boolean).length).toBeGreaterThanOrEqual(2)
    const defaults = completeParameters(definition, {})
    expect(completeParameters(definition, defaults)).toEqual(defaults)
  })

  it('knows its kinds and no others', () => {
    expect(catalogue.size).toBe(LAYER_KINDS.length)
    expect([isLayerKind('conv2d'), isLayerKind('toString')]).toEqual([true, false])
  })

  it('names an unknown kind and what was probably meant', () => {
    expect(() => layerDefinition('Conv2D_')).toThrow(AppError)
    expect(() => layerDefinition('batchnorm')).toThrow(/"batchnorm".*did you mean batch-norm\?/)
    expect(() => layerDefinition('xyzzy')).toThrow(/known are conv2d/)
  })

  it('names every parameter that is unknown or out of range', () => {
    const complete = (given: Record<string, unknown>) => () => completeParameters(layerDefinition('conv2d'), given)
    expect(complete({ channels: 0 })).toThrow(/conv2d: channels must be a whole number from 1 to 16384, received 0/)
    expect(complete({ kernel: 3 })).toThrow(/kernel must be two whole numbers/)
    expect(complete({ kernel: [3, 3.5] })).toThrow(/kernel/)
    expect(complete({ padding: 'full', bias: 1 })).toThrow(
      /padding must be one of half, same, none.*bias must be true or false/,
    )
    expect(complete({ toString: 1 })).toThrow(/toString is not a parameter here/)
    expect(complete({ channels: Number.NaN })).toThrow(/channels/)
  })
})
