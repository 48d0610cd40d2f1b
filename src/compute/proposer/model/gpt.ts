// The proposer's GPT: a decoder-only transformer that reads a window of layers and predicts the next one
// (GPT-NAS, arXiv 2305.05351, section III-D; architecture of GPT-1, Radford et al. 2018).
// Only the forward pass: what it learns is ../learning/objectives.ts's, what is asked of it ../use/proposals.ts's.
//
// B: windows in a batch   T: layers in a window   C: width   V: vocabulary   nh: heads   hs: C / nh
import { vocabularySize } from '@shared/language'
import { executeSingle, tf, type Tensor, type Tensor2D } from '../../tensorflow/backend'
import { gelu, softmax } from '../../tensorflow/kernels/activations'
import { batchMatMul, biasAdd, matMul } from '../../tensorflow/kernels/dense'
import { embedding } from '../../tensorflow/kernels/gather'
import { layerNorm } from '../../tensorflow/kernels/layer-norm'
import type { ParameterSpec, WeightSource } from './parameters'

export interface GptSizes {
  readonly vocabulary: number
  /** T */
  readonly window: number
  readonly layers: number
  readonly heads: number
  /** C, a multiple of `heads` */
  readonly width: number
}

/**
 * Preset `paper`. Window 10, four decoder layers, four heads: section IV-C. Width: the paper gives none. GPT-1's 768 would be
 * 28 million parameters for a vocabulary of under 200; 128 makes 0.81 million, trains on a processor and fits a repository.
 */
export const PAPER_SHAPE = { window: 10, layers: 4, heads: 4, width: 128 } as const

export const paperGpt: GptSizes = { ...PAPER_SHAPE, vocabulary: vocabularySize }

/** GPT-1: the feed-forward layer is four times as wide. */
const EXPANSION = 4

/** Every weight in the order they are stored. The output layer is the token table again, as in GPT-1. */
export function gptParameters({ vocabulary, window, layers, width }: GptSizes): ParameterSpec[] {
  const dense = (name: string, rows: number, columns: number): ParameterSpec[] => [
    { name: `${name}/kernel`, shape: [rows, columns], initial: 'normal' },
    { name: `${name}/bias`, shape: [columns], initial: 'zeros' },
  ]
  const norm = (name: string): ParameterSpec[] => [
    { name: `${name}/gain`, shape: [width], initial: 'ones' },
    { name: `${name}/bias`, shape: [width], initial: 'zeros' },
  ]
  const decoder = (i: number): ParameterSpec[] => [
    ...dense(`gpt/${i}/attention`, width, 3 * width),
    ...dense(`gpt/${i}/attention-out`, width, width),
    ...norm(`gpt/${i}/attention-norm`),
    ...dense(`gpt/${i}/expand`, width, EXPANSION * width),
    ...dense(`gpt/${i}/contract`, EXPANSION * width, width),
    ...norm(`gpt/${i}/feed-norm`),
  ]
  return [
    { name: 'gpt/tokens', shape: [vocabulary, width], initial: 'normal' },
    { name: 'gpt/positions', shape: [window, width], initial: 'normal' },
    ...Array.from({ length: layers }, (_, i) => decoder(i)).flat(),
  ]
}

const linear = (x: Tensor2D, weights: WeightSource, name: string): Tensor2D =>
  biasAdd(matMul(x, weights.matrix(`${name}/kernel`)), weights.vector(`${name}/bias`))

const normalised = (x: Tensor2D, weights: WeightSource, name: string): Tensor2D =>
  layerNorm(x, weights.vector(`${name}/gain`), weights.vector(`${name}/bias`))

/** 0 where a position may look (itself and what is before it), -1e9 where it may not: `[T, T]`. */
function causalMask(window: number): Tensor2D {
  const [whole, none] = [tf.scalar(-1, 'int32'), tf.scalar(0, 'int32')]
  const lower = executeSingle('MatrixBandPart', {}, [tf.ones([window, window]), whole, none])
  return tf.mul(tf.sub(lower, 1), 1e9)
}

function attention(x: Tensor2D, weights: WeightSource, name: string, sizes: GptSizes, mask: Tensor2D): Tensor2D {
  const { window, heads, width } = sizes
  const batch = x.shape[0] / window
  const perHead = tf.transpose(
    tf.reshape(linear(x, weights, name), [batch, window, 3, heads, width / heads]),
    [2, 0, 3, 1, 4],
  ) // [3, B, nh, T, hs]
  const [queries, keys, values] = tf
    .split(perHead, 3, 0)
    .map((part) => tf.reshape(part, [batch, heads, window, width / heads])) as [Tensor, Tensor, Tensor] // [B, nh, T, hs]
  const scores = tf.mul(batchMatMul(queries, keys, true), 1 / Math.sqrt(width / heads)) // [B, nh, T, T]
  const mixed = batchMatMul(softmax(tf.add(scores, mask)), values) // [B, nh, T, hs]
  const joined = tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [batch * window, width]) as Tensor2D // [B*T, C]
  return linear(joined, weights, `${name}-out`)
}

function feedForward(x: Tensor2D, weights: WeightSource, name: string): Tensor2D {
  return linear(gelu(linear(x, weights, `${name}/expand`)), weights, `${name}/contract`) // [B*T, 4C] -> [B*T, C]
}

/**
 * What the last decoder layer says at every position.
 * @param tokens `[B*T]` int32, window after window
 * @returns `[B*T, C]`; belongs to the surrounding tidy
 */
export function gptHidden(tokens: Tensor, weights: WeightSource, sizes: GptSizes): Tensor2D {
  const { window, layers, width } = sizes
  const batch = tokens.size / window
  const mask = causalMask(window)
  const embedded = tf.reshape(embedding(weights.matrix('gpt/tokens'), tokens), [batch, window, width]) // [B, T, C]
  let x = tf.reshape(tf.add(embedded, weights.matrix('gpt/positions')), [batch * window, width]) as Tensor2D // [B*T, C]
  for (let i = 0; i < layers; i++) {
    // Normalisation behind each sum, where GPT-1 has it (GPT-2 moved it in front).
    const attended = tf.add(x, attention(x, weights, `gpt/${i}/attention`, sizes, mask)) as Tensor2D
    x = normalised(attended, weights, `gpt/${i}/attention-norm`)
    x = normalised(tf.add(x, feedForward(x, weights, `gpt/${i}`)) as Tensor2D, weights, `gpt/${i}/feed-norm`)
  }
  return x
}

/** @param hidden `[rows, C]` @returns `[rows, V]`, before the softmax */
export function gptLogits(hidden: Tensor2D, weights: WeightSource): Tensor2D {
  return batchMatMul(hidden, weights.matrix('gpt/tokens'), true) as Tensor2D
}

/** The rows of the last position of each window: `[B*T, C]` -> `[B, C]`. */
export function lastPositions(hidden: Tensor2D, { window, width }: GptSizes): Tensor2D {
  const batch = hidden.shape[0] / window
  return tf.reshape(tf.slice(tf.reshape(hidden, [batch, window, width]), [0, window - 1, 0], [batch, 1, width]), [
    batch,
    width,
  ])
}
