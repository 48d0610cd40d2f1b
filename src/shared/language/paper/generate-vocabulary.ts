// Builds the vocabulary of preset `paper`: a grid of layer structures wide enough for the blocks, the zoo and
// NAS-Bench-101, and fixed, so that a checkpoint and a block designed later speak the same language. The paper arrives at
// 168 structures by a collation it does not describe; ours come from this list alone and never from a corpus.
// The result is stored in vocabulary-paper-1.json: ids must not move once a checkpoint exists. Changing this means a new file.
import type { LayerKind } from '../../architecture/catalogue'
import type { LayerStructure } from './layer-structure'

const SPECIAL_TOKEN_NAMES = ['<pad>', '<start>', '<end>', '<unk>'] as const

export interface VocabularyFile {
  readonly format: 'gptnas-vocabulary/1'
  readonly preset: 'paper'
  readonly version: number
  readonly special: readonly string[]
  readonly layers: readonly { readonly text: string; readonly structure: LayerStructure }[]
}

/** Numerator and denominator, so that texts stay readable and values exact. */
type Ratio = readonly [number, number]
const ratios = (...texts: string[]): Ratio[] =>
  texts.map((text) => {
    const [numerator, denominator] = text.split('/')
    return [Number(numerator), Number(denominator ?? 1)]
  })

/** Bottlenecks (1/4, 4), inverted bottlenecks (6, 1/6), and what GoogLeNet's and RegNet's widths come to. */
const POINTWISE = ratios(
  '1/16',
  '1/8',
  '1/6',
  '1/4',
  '1/3',
  '1/2',
  '2/3',
  '3/4',
  '1',
  '4/3',
  '3/2',
  '2',
  '3',
  '4',
  '6',
  '8',
)
/** With bias on 1x1 maps: the gate of squeeze-excitation, down and up. EfficientNet squeezes 24 to 1 after expanding by 6. */
const GATES = ratios('1/24', '1/16', '1/8', '1/4', '1/2', '1', '2', '4', '8', '16', '24')
/** Shortcuts that halve the map. */
const SHORTCUTS = ratios('1/2', '1', '3/2', '2', '3', '4')
/** From 6 on: stems, 3 channels to 16, 32, 64 or 128. */
const SPATIAL = ratios('1/4', '1/3', '1/2', '2/3', '1', '4/3', '3/2', '2', '3', '4', '6', '12', '24', '48')
const SPATIAL_HALVING = ratios('1/2', '1', '3/2', '2', '3', '4', '6', '12', '24')
const COARSE = ratios('1/4', '1/2', '1', '2', '4')
const FEW = ratios('1/2', '1', '2')
const SAME = ratios('1')
/** Classifiers, widest to narrowest: 10 classes of 640 features, 1,000 of 512. */
const DENSE = ratios('1/64', '1/16', '1/4', '1/2', '1', '2', '8')

interface Convolutions {
  readonly kernel: readonly [number, number]
  readonly stride: number
  readonly groups?: number
  readonly dilation?: number
  readonly isBiased?: boolean
  readonly ratios: readonly Ratio[]
}

const CONVOLUTIONS: readonly Convolutions[] = [
  { kernel: [1, 1], stride: 1, ratios: POINTWISE },
  { kernel: [1, 1], stride: 1, isBiased: true, ratios: GATES },
  { kernel: [1, 1], stride: 2, ratios: SHORTCUTS },
  { kernel: [3, 3], stride: 1, ratios: SPATIAL },
  { kernel: [3, 3], stride: 2, ratios: SPATIAL_HALVING },
  // Bias on a larger window is the mark of a convolution without normalisation (block common-conv).
  { kernel: [3, 3], stride: 1, isBiased: true, ratios: FEW },
  { kernel: [3, 3], stride: 2, isBiased: true, ratios: FEW },
  { kernel: [5, 5], stride: 1, ratios: COARSE },
  { kernel: [5, 5], stride: 2, ratios: FEW },
  { kernel: [7, 7], stride: 1, ratios: FEW },
  { kernel: [7, 7], stride: 2, ratios: ratios('1', '24') },
  { kernel: [1, 3], stride: 1, ratios: SAME },
  { kernel: [3, 1], stride: 1, ratios: SAME },
  { kernel: [1, 7], stride: 1, ratios: SAME },
  { kernel: [7, 1], stride: 1, ratios: SAME },
  { kernel: [3, 3], stride: 1, dilation: 2, ratios: FEW },
  // Two group counts, few and many: shuffle and RegNet use 2-8, ResNeXt 32.
  { kernel: [1, 1], stride: 1, groups: 4, ratios: FEW },
  { kernel: [3, 3], stride: 1, groups: 4, ratios: FEW },
  { kernel: [3, 3], stride: 1, groups: 32, ratios: FEW },
  { kernel: [3, 3], stride: 2, groups: 4, ratios: FEW },
  { kernel: [3, 3], stride: 2, groups: 32, ratios: FEW },
]

const DEPTHWISE: readonly (readonly [size: number, stride: number, dilation: number])[] = [
  ...[3, 5, 7].flatMap((size) => [1, 2].map((stride) => [size, stride, 1] as const)),
  [3, 1, 2],
]
const POOLS: readonly (readonly [size: number, stride: number])[] = [
  [2, 1],
  [2, 2],
  [3, 1],
  [3, 2],
  [5, 1],
]
/** Kinds whose name says all, frozen here: a kind that joins the catalogue later names one of these as `akin`. */
const NAMED: readonly LayerKind[] = [
  'global-average-pool',
  'batch-norm',
  'relu',
  'relu6',
  'silu',
  'gelu',
  'hard-swish',
  'sigmoid',
  'hard-sigmoid',
  'tanh',
  'softmax',
  'add',
  'concatenate',
  'multiply',
  'flatten',
  'dropout',
  'stochastic-depth',
  'channel-shuffle',
  'split',
  'identity',
  'zero',
]

const ratioText = ([numerator, denominator]: Ratio): string =>
  denominator === 1 ? `x${numerator}` : `x${numerator}/${denominator}`
const sizeText = (kernel: readonly [number, number]): string => `${kernel[0]}x${kernel[1]}`

function convolutionTokens(): VocabularyFile['layers'] {
  return CONVOLUTIONS.flatMap(({ kernel, stride, groups = 1, dilation = 1, isBiased = false, ratios: list }) =>
    list.map((ratio) => ({
      text: [
        `conv ${sizeText(kernel)}`,
        ...(stride > 1 ? [`stride ${stride}`] : []),
        ...(dilation > 1 ? [`dilation ${dilation}`] : []),
        ...(groups > 1 ? [`groups ${groups}`] : []),
        ...(isBiased ? ['bias'] : []),
        ratioText(ratio),
      ].join(' '),
      structure: { kind: 'conv2d', kernel, stride, dilation, groups, ratio: ratio[0] / ratio[1], isBiased },
    })),
  )
}

/** Structures in a fixed order: convolutions, depthwise, pools, dense, then every kind whose name says all. */
export function generateVocabulary(): VocabularyFile {
  const layers: VocabularyFile['layers'][number][] = [...convolutionTokens()]
  for (const [size, stride, dilation] of DEPTHWISE)
    layers.push({
      text: `depthwise ${size}x${size}${stride > 1 ? ` stride ${stride}` : ''}${dilation > 1 ? ` dilation ${dilation}` : ''}`,
      structure: { kind: 'depthwise-conv2d', kernel: [size, size], stride, dilation },
    })
  for (const kind of ['max-pool', 'average-pool'])
    for (const [size, stride] of POOLS)
      layers.push({
        text: `${kind} ${size}x${size} stride ${stride}`,
        structure: { kind, kernel: [size, size], stride },
      })
  for (const ratio of DENSE)
    layers.push({ text: `dense ${ratioText(ratio)}`, structure: { kind: 'dense', ratio: ratio[0] / ratio[1] } })
  for (const kind of NAMED) layers.push({ text: kind, structure: { kind } })
  return { format: 'gptnas-vocabulary/1', preset: 'paper', version: 1, special: SPECIAL_TOKEN_NAMES, layers }
}
