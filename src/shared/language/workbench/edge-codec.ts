// NAS-Bench-201 cells in preset `workbench`: six tokens, one per edge in the published order. Any six are a cell.
import { AppError } from '../../errors'
import { CELL_EDGES, EDGE_OPERATIONS, EDGE_SPACE, type EdgeGenotype } from '../../spaces/nas-bench-201/genotype'
import { edgeToken } from './generate-vocabulary'
import type { Grammar } from './grammar'
import { END, describeWorkbenchToken, tokenId } from './vocabulary'

/** In the order of `EDGE_OPERATIONS`. */
const EDGE_IDS: readonly number[] = EDGE_OPERATIONS.map((operation) => tokenId(edgeToken(operation)))

/** No `<start>`, `<end>` or space around the tokens. */
export function encodeEdges({ operations }: EdgeGenotype): number[] {
  return operations.map((operation) => EDGE_IDS[EDGE_OPERATIONS.indexOf(operation)]!)
}

/** Inverse of `encodeEdges`. @throws AppError `invalid-input` naming the token that does not belong there. */
export function decodeEdges(tokens: readonly number[]): EdgeGenotype {
  if (tokens.length !== CELL_EDGES.length)
    throw new AppError(
      'invalid-input',
      `A cell of ${EDGE_SPACE} has ${CELL_EDGES.length} tokens, received ${tokens.length}.`,
    )
  const operations = tokens.map((token, i) => {
    const operation = EDGE_OPERATIONS[EDGE_IDS.indexOf(token)]
    if (operation !== undefined) return operation
    throw new AppError('invalid-input', `"${describeWorkbenchToken(token)}" at token ${i} is no edge of a cell.`)
  })
  return { space: EDGE_SPACE, operations }
}

export const edgeGrammar: Grammar = {
  allowedNext: (body) => (body.length < CELL_EDGES.length ? EDGE_IDS : [END]),
}
