// Graphs that put every layer kind, in the variants that differ, into a small network: for tests of building and export.
import { ACTIVATION_KINDS, type LayerKind } from '@shared/architecture/catalogue'
import type { LayerGraph, LayerNode, ParameterValues } from '@shared/architecture/layer'

export interface KindCase {
  readonly title: string
  readonly kind: LayerKind
  readonly graph: LayerGraph
  /** Id of the node under test. */
  readonly node: string
}

/** Odd and even, unequal: what pads wrongly on one axis shows. */
const INPUT = [7, 6, 4] as const

const node = (id: string, kind: LayerKind, parameters: ParameterValues, inputs: readonly string[]): LayerNode => ({
  id,
  kind,
  parameters,
  inputs,
})

const title = (kind: string, parameters: ParameterValues): string =>
  `${kind} ${Object.entries(parameters)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(' ')}`.trim()

/**
 * Two convolutions with biases give signed, uneven values as inputs `a` and `b`; then the node; then a classifier of 3.
 * Slashes and dots in ids are as block expansion makes them.
 */
function around(
  kind: LayerKind,
  parameters: ParameterValues,
  inputs: readonly string[] = ['a'],
  flat = false,
): KindCase {
  const under = 'stage/1.under'
  const before = flat ? [node('flat', 'flatten', {}, ['a'])] : []
  return {
    title: title(kind, parameters),
    kind,
    node: under,
    graph: {
      input: INPUT,
      nodes: [
        node('a', 'conv2d', { channels: 4, kernel: [3, 3], bias: true }, ['input']),
        node('b', 'conv2d', { channels: 4, kernel: [1, 1], bias: true }, ['input']),
        node('gate', 'global-average-pool', {}, ['b']),
        ...before,
        node(under, kind, parameters, flat ? ['flat'] : inputs),
        ...(kind === 'dense' || kind === 'flatten' || flat
          ? [node('features', 'identity', {}, [under])]
          : [node('features', 'flatten', {}, [under])]),
        node('scores', 'dense', { features: 3 }, ['features']),
      ],
      output: 'scores',
    },
  }
}

const windows: ParameterValues[] = (
  [
    { kernel: [3, 3], stride: [1, 1] },
    { kernel: [3, 3], stride: [2, 2] },
    { kernel: [2, 2], stride: [2, 2] },
    { kernel: [4, 4], stride: [1, 1] },
    { kernel: [5, 3], stride: [3, 2] },
  ] satisfies ParameterValues[]
).flatMap((window) => ['half', 'same', 'none'].map((padding): ParameterValues => ({ ...window, padding })))

const convolutions: ParameterValues[] = [
  ...windows,
  { kernel: [1, 1], stride: [2, 2] },
  { kernel: [1, 1], stride: [1, 1], bias: true },
  { kernel: [1, 3], stride: [1, 1] },
  { kernel: [3, 3], stride: [1, 1], dilation: 2 },
  { kernel: [3, 3], stride: [2, 2], dilation: 2, padding: 'half' },
  { kernel: [2, 3], stride: [2, 1], dilation: 2, padding: 'same' },
]

const grouped: ParameterValues[] = [
  { kernel: [3, 3], stride: [1, 1], groups: 2 },
  { kernel: [3, 3], stride: [2, 2], groups: 2, bias: true, padding: 'half' },
  { kernel: [1, 1], stride: [1, 1], groups: 2 },
  { kernel: [3, 3], stride: [1, 1], groups: 2, dilation: 2 },
  { kernel: [3, 3], stride: [2, 2], groups: 4, bias: true },
]

const ceiling = windows.map((window) => ({ ...window, ceil: true }))
const poolings = [...windows, ...ceiling]

export const KIND_CASES: readonly KindCase[] = [
  ...convolutions.map((parameters) => around('conv2d', { channels: 8, ...parameters })),
  ...grouped.map((parameters) => around('conv2d', { channels: 8, ...parameters })),
  ...convolutions.map((parameters) => around('depthwise-conv2d', parameters)),
  around('depthwise-conv2d', { kernel: [3, 3], multiplier: 3, bias: true }),
  ...poolings.map((parameters) => around('max-pool', parameters)),
  ...poolings.flatMap((parameters) =>
    [true, false].map((countPadding) => around('average-pool', { ...parameters, countPadding })),
  ),
  around('global-average-pool', {}),
  around('batch-norm', {}),
  around('batch-norm', {}, ['a'], true),
  ...ACTIVATION_KINDS.flatMap((kind) => [around(kind, {}), around(kind, {}, ['a'], true)]),
  around('add', {}, ['a', 'b']),
  around('add', {}, ['a', 'b', 'input']),
  around('multiply', {}, ['a', 'b']),
  around('multiply', {}, ['a', 'gate']),
  around('concatenate', {}, ['b', 'a', 'b']),
  around('dense', { features: 5 }, [], true),
  around('dense', { features: 5, bias: false }, [], true),
  around('flatten', {}),
  around('dropout', { rate: 0.5 }),
  around('stochastic-depth', { rate: 0.5 }),
  around('channel-shuffle', { groups: 2 }),
  ...[0, 1].map((part) => around('split', { parts: 2, part })),
  around('split', { parts: 4, part: 2 }),
  around('identity', {}),
  around('zero', {}),
]
