// Networks that an exporter gets wrong easily, each with what it is about; every format is held to all of them.
import type { LayerGraph, LayerNode, ParameterValues } from '@shared/architecture/layer'

export const node = (id: string, kind: string, parameters: ParameterValues, ...inputs: string[]): LayerNode => ({
  id,
  kind,
  parameters,
  inputs,
})

/** From a map to three scores, without an average that would hide where a value lies. */
export const head = (from: string): LayerNode[] => [
  node('flat', 'flatten', {}, from),
  node('scores', 'dense', { features: 3 }, 'flat'),
]

export const graphOf = (
  input: readonly [number, number, number],
  nodes: LayerNode[],
  output = 'scores',
): LayerGraph => ({ input, nodes, output })

/** A network with normalisations behind a convolution, a depthwise one and a dense layer: what may be fused is. */
export const NETWORK = graphOf(
  [9, 7, 3],
  [
    node('stem', 'conv2d', { channels: 6, stride: [2, 2], padding: 'same', bias: true }, 'input'),
    node('norm', 'batch-norm', {}, 'stem'),
    node('deep', 'depthwise-conv2d', { multiplier: 2 }, 'norm'),
    node('norm2', 'batch-norm', {}, 'deep'),
    node('act', 'hard-swish', {}, 'norm2'),
    node('f', 'flatten', {}, 'act'),
    node('wide', 'dense', { features: 8, bias: false }, 'f'),
    node('norm3', 'batch-norm', {}, 'wide'),
    node('scores', 'dense', { features: 3 }, 'norm3'),
  ],
)

const pooled = (input: readonly [number, number, number], kind: string, parameters: ParameterValues): LayerGraph =>
  graphOf(input, [node('p', kind, parameters, 'input'), ...head('p')])

export const TRAPS: Readonly<Record<string, LayerGraph>> = {
  'SAME at stride 2 pads odd sizes at the end': graphOf(
    [7, 9, 3],
    [node('c', 'conv2d', { channels: 4, stride: [2, 2], padding: 'same' }, 'input'), ...head('c')],
  ),
  'half padding at stride 2 pads even sizes on both sides': graphOf(
    [8, 6, 3],
    [node('c', 'conv2d', { channels: 4, stride: [2, 2], padding: 'half' }, 'input'), ...head('c')],
  ),
  'an average that counts its padding': pooled([7, 6, 3], 'average-pool', {
    kernel: [3, 3],
    stride: [2, 2],
    padding: 'half',
    countPadding: true,
  }),
  'an average that does not count its padding': pooled([7, 6, 3], 'average-pool', {
    kernel: [3, 3],
    stride: [2, 2],
    padding: 'half',
    countPadding: false,
  }),
  'a rounded-up average that counts its padding, not what it reaches beyond': pooled([6, 8, 3], 'average-pool', {
    kernel: [3, 3],
    stride: [2, 2],
    padding: 'half',
    ceil: true,
    countPadding: true,
  }),
  'a rounded-up maximum': pooled([6, 8, 3], 'max-pool', {
    kernel: [3, 3],
    stride: [2, 2],
    padding: 'none',
    ceil: true,
  }),
  'a padded maximum of negative values': graphOf(
    [6, 5, 3],
    [
      node('low', 'conv2d', { channels: 4, bias: true }, 'input'),
      node('gate', 'sigmoid', {}, 'low'),
      node('minus', 'conv2d', { channels: 4, kernel: [1, 1], bias: true }, 'gate'),
      node('p', 'max-pool', { kernel: [3, 3], stride: [2, 2], padding: 'half' }, 'minus'),
      ...head('p'),
    ],
  ),
  'the epsilon of a normalisation whose variance is tiny': graphOf(
    [4, 4, 3],
    [node('c', 'conv2d', { channels: 4, bias: true }, 'input'), node('tiny', 'batch-norm', {}, 'c'), ...head('tiny')],
  ),
  'groups, and a depthwise layer with a multiplier': graphOf(
    [5, 6, 4],
    [
      node('g', 'conv2d', { channels: 6, groups: 2, bias: true }, 'input'),
      node('one', 'conv2d', { channels: 12, groups: 6, kernel: [3, 3] }, 'g'),
      node('d', 'depthwise-conv2d', { multiplier: 3, stride: [2, 2], padding: 'half', bias: true }, 'one'),
      ...head('d'),
    ],
  ),
  'a dilated convolution with a stride, and a dilated depthwise one': graphOf(
    [9, 8, 3],
    [
      node('c', 'conv2d', { channels: 4, dilation: 2, stride: [2, 2], padding: 'half' }, 'input'),
      node('d', 'depthwise-conv2d', { dilation: 2, padding: 'half' }, 'c'),
      ...head('d'),
    ],
  ),
  'dense weights after a map of more than one position': graphOf([4, 3, 3], head('input')),
  'a flattened map that two layers read in two orders': graphOf(
    [4, 3, 3],
    [
      node('f', 'flatten', {}, 'input'),
      node('n', 'batch-norm', {}, 'f'),
      node('both', 'concatenate', {}, 'f', 'n'),
      node('s1', 'dense', { features: 3 }, 'f'),
      node('s2', 'dense', { features: 3 }, 'both'),
      node('scores', 'add', {}, 's1', 's2'),
    ],
  ),
  'softmax over the channels of a map': graphOf([3, 3, 4], [node('s', 'softmax', {}, 'input'), ...head('s')]),
  "hard sigmoid's slope is a sixth": graphOf([3, 3, 3], [node('h', 'hard-sigmoid', {}, 'input'), ...head('h')]),
  'channel shuffle': graphOf(
    [3, 2, 3],
    [
      node('c', 'conv2d', { channels: 6, bias: true }, 'input'),
      node('s', 'channel-shuffle', { groups: 3 }, 'c'),
      ...head('s'),
    ],
  ),
  'one channel': graphOf([5, 5, 1], [node('c', 'conv2d', { channels: 2 }, 'input'), ...head('c')]),
  'a map of one position': graphOf(
    [1, 1, 3],
    [
      node('c', 'conv2d', { channels: 4, padding: 'same' }, 'input'),
      node('p', 'average-pool', { countPadding: true }, 'c'),
      node('m', 'max-pool', {}, 'p'),
      ...head('m'),
    ],
  ),
  'slashes, spaces, letters of other alphabets, and names that become equal': graphOf(
    [4, 4, 3],
    [
      node('a/b', 'conv2d', { channels: 3, bias: true }, 'input'),
      node('a b', 'conv2d', { channels: 3, bias: true }, 'a/b'),
      node('a_b', 'conv2d', { channels: 3, bias: true }, 'a b'),
      node('größe', 'relu', {}, 'a_b'),
      node('層', 'conv2d', { channels: 3 }, 'größe'),
      node('image', 'add', {}, '層', 'a/b'),
      node('probabilities', 'flatten', {}, 'image'),
      node('scalar.0', 'dense', { features: 3 }, 'probabilities'),
    ],
    'scalar.0',
  ),
  'an output that another layer reads too, and layers that lead nowhere': graphOf(
    [4, 4, 3],
    [...head('input'), node('after', 'softmax', {}, 'scores'), node('lost', 'dense', { features: 9 }, 'after')],
  ),
  'a softmax at the end, which is the option and not a second one': graphOf(
    [4, 4, 3],
    [...head('input'), node('p', 'softmax', {}, 'scores')],
    'p',
  ),
  'scores that are the flattened image itself': graphOf([1, 1, 3], [node('f', 'flatten', {}, 'input')], 'f'),
  'the same layer twice as input': graphOf(
    [4, 4, 3],
    [node('sum', 'add', {}, 'input', 'input', 'input'), ...head('sum')],
  ),
  'two splits of one map': graphOf(
    [3, 3, 4],
    [
      node('l', 'split', { parts: 2, part: 1 }, 'input'),
      node('r', 'split', { parts: 2, part: 0 }, 'input'),
      node('x', 'multiply', {}, 'l', 'r'),
      ...head('x'),
    ],
  ),
  '300 layers': graphOf(
    [6, 6, 3],
    [
      ...Array.from({ length: 75 }, (_, i): LayerNode[] => [
        node(`c${i}`, 'conv2d', { channels: 3 }, i === 0 ? 'input' : `s${i - 1}`),
        node(`n${i}`, 'batch-norm', {}, `c${i}`),
        node(`a${i}`, 'silu', {}, `n${i}`),
        node(`s${i}`, 'add', {}, `a${i}`, i === 0 ? 'input' : `s${i - 1}`),
      ]).flat(),
      ...head('s74'),
    ],
  ),
}
