// The stored vocabulary of preset `workbench`: ids to texts and back.
import file from './vocabulary-workbench-1.json'

const WORKBENCH_VOCABULARY_NAME = `${file.preset}-${file.version}`
/** Ids are 0 to this minus 1. */
export const workbenchVocabularySize = file.tokens.length

const ids: ReadonlyMap<string, number> = new Map(file.tokens.map((text, id) => [text, id]))

/** The id of a text, or undefined when the vocabulary has no such token. */
export function findToken(text: string): number | undefined {
  return ids.get(text)
}

/** @throws RangeError for a text that the vocabulary lacks: a bug, or a vocabulary of another version. */
export function tokenId(text: string): number {
  const id = ids.get(text)
  if (id === undefined) throw new RangeError(`vocabulary ${WORKBENCH_VOCABULARY_NAME} has no token "${text}"`)
  return id
}

/** @throws RangeError when there is no such token. */
export function describeWorkbenchToken(id: number): string {
  const text = file.tokens[id]
  if (text === undefined) throw new RangeError(`token ids are 0 to ${workbenchVocabularySize - 1}, received ${id}`)
  return text
}

export const START = tokenId('<start>')
export const END = tokenId('<end>')
export const GAP = tokenId('<gap>')
export const FILL = tokenId('<fill>')
