// Sentences of preset `workbench`: an architecture's tokens between `<start>` and `<end>`, with the space it belongs to
// and, where asked for, the size and quality it should have; and the fill-in-the-middle order in which a model that reads
// from left to right sees both sides of a gap before it fills it (Bavarian et al. 2022, "prefix-suffix-middle").
import { AppError } from '../../errors'
import { BUCKETS, type SentenceSpace } from './generate-vocabulary'
import { END, FILL, GAP, START, describeWorkbenchToken, tokenId } from './vocabulary'

export interface Conditions {
  readonly space: SentenceSpace
  /** Bucket in [0, BUCKETS); left out where nothing is asked. */
  readonly size?: number
  readonly quality?: number
}

/** `<start>`, the space, the asked-for buckets. @throws RangeError for a bucket that does not exist. */
export function sentenceStart(conditions: Conditions): number[] {
  const { space, size, quality } = conditions
  for (const bucket of [size, quality])
    if (bucket !== undefined && !(Number.isInteger(bucket) && bucket >= 0 && bucket < BUCKETS))
      throw new RangeError(`buckets are whole numbers from 0 to ${BUCKETS - 1}, received ${bucket}`)
  return [
    START,
    tokenId(`space ${space}`),
    ...(size === undefined ? [] : [tokenId(`size ${size}`)]),
    ...(quality === undefined ? [] : [tokenId(`quality ${quality}`)]),
  ]
}

export function sentence(conditions: Conditions, body: readonly number[]): number[] {
  return [...sentenceStart(conditions), ...body, END]
}

/** The same architecture with the tokens from `from` to before `to` at the end: before, `<gap>`, after, `<fill>`, middle. */
export function gappedSentence(conditions: Conditions, body: readonly number[], from: number, to: number): number[] {
  if (!(from >= 0 && from <= to && to <= body.length))
    throw new RangeError(`a gap lies within the ${body.length} tokens of the architecture, received ${from} to ${to}`)
  return [
    ...sentenceStart(conditions),
    ...body.slice(0, from),
    GAP,
    ...body.slice(to),
    FILL,
    ...body.slice(from, to),
    END,
  ]
}

/** The architecture's tokens of a sentence of either order. @throws AppError `invalid-input` when it is not one. */
export function bodyOf(tokens: readonly number[]): number[] {
  const isCondition = (token: number): boolean => /^(space|size|quality) /.test(describeWorkbenchToken(token))
  if (tokens[0] !== START || tokens[tokens.length - 1] !== END)
    throw new AppError('invalid-input', 'A sentence starts with <start> and ends with <end>.')
  let first = 1
  while (first < tokens.length - 1 && isCondition(tokens[first]!)) first++
  const inner = tokens.slice(first, -1)
  const gap = inner.indexOf(GAP)
  const fill = inner.indexOf(FILL)
  if (gap < 0 && fill < 0) return inner
  if (gap < 0 || fill < gap) throw new AppError('invalid-input', 'A sentence with a gap has <gap> and then <fill>.')
  return [...inner.slice(0, gap), ...inner.slice(fill + 1), ...inner.slice(gap + 1, fill)]
}
