// An operation as the relational GPT reads it (by its properties, so that what is learned in one space means something in
// another) and as it writes it (one class of a fixed list). Quality is a token of its own before the graph.
import { operation, operationKey, operationWeight, type Operation } from '../language/graphs/operation'

const KINDS = ['quality', 'input', 'output', 'convolution', 'depthwise', 'pool', 'other'] as const
export type TokenKind = (typeof KINDS)[number]

/** Fifths of the measured corpus, worst first, then "not known". */
export const QUALITIES = 6
export const UNKNOWN_QUALITY = 5
export const TOP_QUALITY = 4

/** Kind as one-hot, kernel, expansion, weight, quality as one-hot. */
const KERNEL = KINDS.length
export const TOKEN_FEATURES = KINDS.length + 3 + QUALITIES

/** Writes the features of one token. @param operation of kinds that compute */
export function writeToken(into: Float64Array, at: number, kind: TokenKind, computed?: Operation): void {
  into[at + KINDS.indexOf(kind)] = 1
  if (computed === undefined) return
  // Halves of logarithms: all features then lie between 0 and about 2.
  into[at + KERNEL] = Math.log2(computed.kernel) / 2
  into[at + KERNEL + 1] = Math.log2(computed.expansion) / 2
  into[at + KERNEL + 2] = Math.log1p(operationWeight(computed)) / 2
}

/** Where the quality token says which it is. */
export const qualityAt = (at: number, quality: number): number => at + KERNEL + 3 + quality

/** What the GPT can write: sizes that occur in the corpus; whatever is none of them is read by its properties and scored as the last. */
export const OPERATIONS: readonly Operation[] = [
  ...[1, 3, 5, 7].map((kernel) => operation('convolution', kernel)),
  ...[3, 5, 7].flatMap((kernel) => [1, 3, 6].map((expansion) => operation('depthwise', kernel, expansion))),
  ...[2, 3].map((kernel) => operation('pool', kernel)),
  operation('other'),
]
export const OUTPUT_CLASS = OPERATIONS.length
export const CLASSES = OPERATIONS.length + 1

const CLASS_OF = new Map(OPERATIONS.map((each, index) => [operationKey(each), index]))

export const classOf = (computed: Operation): number => CLASS_OF.get(operationKey(computed)) ?? OUTPUT_CLASS - 1
