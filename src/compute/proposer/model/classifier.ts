// The block classifier (GPT-NAS section III-E: a fully connected network): which of the paper's 15 blocks begins with this
// layer behind these layers. One layer type begins several blocks, so the GPT alone cannot say.
// Only the forward pass; the paper gives no sizes, ours are named below, and the table of counts that the network adds to is ours.
//
// N: windows   T: layers in a window   E: embedding   D: hidden units   K: blocks   V: vocabulary
import { WINDOW_LAYERS, blockNames, vocabularySize } from '@shared/language'
import { tf, type Tensor, type Tensor2D } from '../../tensorflow/backend'
import { relu } from '../../tensorflow/kernels/activations'
import { biasAdd, matMul } from '../../tensorflow/kernels/dense'
import { embedding } from '../../tensorflow/kernels/gather'
import type { ParameterSpec, WeightSource } from './parameters'

export interface ClassifierSizes {
  readonly vocabulary: number
  readonly window: number
  readonly blocks: number
  readonly embedding: number
  readonly hidden: number
  /** Whether the network adds to what counting says of the layer alone. Left out by the first format, which has no table. */
  readonly prior?: boolean | undefined
}

/** The counted table, logarithms of P(block | layer): `[V, K]`. It is not trained. */
export const PRIOR = 'classifier/prior'

/** Chosen by the authors: 52,000 weights, a sixteenth of the GPT's, for 15 classes and windows of ten layers. */
const CLASSIFIER_SHAPE = { embedding: 32, hidden: 128 } as const

export const paperClassifier: ClassifierSizes = {
  ...CLASSIFIER_SHAPE,
  prior: true,
  vocabulary: vocabularySize,
  window: WINDOW_LAYERS,
  blocks: blockNames.length,
}

/** Kernels start as He et al. (2015) have it for layers behind and before ReLUs: deviation sqrt(2 / inputs). */
export function classifierParameters(sizes: ClassifierSizes): ParameterSpec[] {
  const { vocabulary, window, blocks, hidden, prior = false } = sizes
  const kernel = (name: string, rows: number, columns: number, inputs = rows): ParameterSpec => ({
    name: `classifier/${name}/kernel`,
    shape: [rows, columns],
    initial: 'normal',
    deviation: Math.sqrt(2 / inputs),
  })
  // The hidden units read window and layer together.
  const inputs = (window + 1) * sizes.embedding
  return [
    { name: 'classifier/tokens', shape: [vocabulary, sizes.embedding], initial: 'normal', deviation: 1 },
    kernel('window', window * sizes.embedding, hidden, inputs),
    kernel('layer', sizes.embedding, hidden, inputs),
    { name: 'classifier/hidden/bias', shape: [hidden], initial: 'zeros' },
    // Behind a table the network begins by saying nothing.
    prior ? { ...kernel('blocks', hidden, blocks), initial: 'zeros' } : kernel('blocks', hidden, blocks),
    { name: 'classifier/blocks/bias', shape: [blocks], initial: 'zeros' },
    ...(prior ? [{ name: PRIOR, shape: [vocabulary, blocks], initial: 'zeros' } as const] : []),
  ]
}

/** The window's part of the hidden units: `[N*T]` tokens -> `[N, D]`. */
function windowPart(windows: Tensor, weights: WeightSource, sizes: ClassifierSizes): Tensor2D {
  const rows = windows.size / sizes.window
  const embedded = embedding(weights.matrix('classifier/tokens'), windows)
  const flat: Tensor2D = tf.reshape(embedded, [rows, sizes.window * sizes.embedding])
  return biasAdd(matMul(flat, weights.matrix('classifier/window/kernel')), weights.vector('classifier/hidden/bias'))
}

const blocksOf = (hidden: Tensor2D, weights: WeightSource): Tensor2D =>
  biasAdd(matMul(relu(hidden), weights.matrix('classifier/blocks/kernel')), weights.vector('classifier/blocks/bias'))

/**
 * One layer for each window.
 * @param windows `[N*T]` int32; @param layers `[N]` int32, the layer that follows each window
 * @returns `[N, K]`, before the softmax
 */
export function classifierLogits(
  windows: Tensor,
  layers: Tensor,
  weights: WeightSource,
  sizes: ClassifierSizes,
): Tensor2D {
  const layer = matMul(
    embedding(weights.matrix('classifier/tokens'), layers) as Tensor2D,
    weights.matrix('classifier/layer/kernel'),
  )
  const logits = blocksOf(tf.add(windowPart(windows, weights, sizes), layer), weights)
  return sizes.prior === true ? tf.add(logits, embedding(weights.matrix(PRIOR), layers) as Tensor2D) : logits
}

/**
 * Every layer of the vocabulary behind each window, for the sum over predicted layers.
 * @returns `[N, V, K]`, before the softmax
 */
export function classifierLogitsForAll(windows: Tensor, weights: WeightSource, sizes: ClassifierSizes): Tensor {
  const { vocabulary, hidden, blocks } = sizes
  const layer = matMul(weights.matrix('classifier/tokens'), weights.matrix('classifier/layer/kernel')) // [V, D]
  const window = windowPart(windows, weights, sizes) // [N, D]
  const rows = window.shape[0]
  const sum = tf.add(tf.reshape(window, [rows, 1, hidden]), layer) // [N, V, D]
  const logits = tf.reshape(blocksOf(tf.reshape(sum, [rows * vocabulary, hidden]), weights), [rows, vocabulary, blocks])
  return sizes.prior === true ? tf.add(logits, weights.matrix(PRIOR)) : logits
}
