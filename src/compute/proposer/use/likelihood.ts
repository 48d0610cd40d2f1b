// Scores blocks without a class, the user's own, until the classifier is fine-tuned on them
// (docs/rules.md#block-classifier).
import { windowBefore } from '@shared/language'
import type { Proposals } from './proposals'

/** A block's layers as tokens, and those of everything before it. */
export interface Sentence {
  readonly before: readonly number[]
  readonly block: readonly number[]
}

/** A float32 softmax underflows to 0 near here; a logarithm of it must stay finite. */
const LEAST = 1e-30

/**
 * How likely the GPT finds each block's layers behind what stands before: the geometric mean over its layers, in (0, 1].
 * The plain product would make every long block impossible beside the classifier's probabilities of whole blocks.
 */
export function likelihoods(sentences: readonly Sentence[], proposals: Pick<Proposals, 'nextLayers'>): number[] {
  const windows = sentences.flatMap(({ before, block }) => {
    const tokens = [...before, ...block]
    return block.map((_, i) => windowBefore(tokens, before.length + i))
  })
  const layers = proposals.nextLayers(windows)
  let row = 0
  return sentences.map(({ block }) => {
    const sum = block.reduce((total, token) => total + Math.log(Math.max(layers[row++]![token]!, LEAST)), 0)
    return Math.exp(sum / Math.max(1, block.length))
  })
}
