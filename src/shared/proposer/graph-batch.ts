// Graphs of operations as one batch of tokens, graph behind graph without padding: quality, input, operations in topological order,
// output. What a token is to an earlier one is the only position it has.
import type { Pairs } from '../autodiff/attention'
import type { OperationGraph } from '../language/graphs/operation-graph'
import { OUTPUT_CLASS, TOKEN_FEATURES, UNKNOWN_QUALITY, classOf, qualityAt, writeToken } from './operation-tokens'

/** What an earlier token, or itself, is to a token. */
export const RELATIONS = { none: 0, predecessor: 1, ancestor: 2, self: 3, quality: 4 } as const
export const RELATION_COUNT = 5

export interface GraphBatch {
  /** First token of each graph, and the number of all tokens behind the last. */
  readonly starts: Int32Array
  /** Tokens x `TOKEN_FEATURES`. */
  readonly features: Float64Array
  /** Every token with itself and the earlier ones of its graph. */
  readonly pairs: Pairs
  /** One of `RELATIONS` for each pair. */
  readonly relations: Uint8Array
  /** What the language heads should have written at each token; -1 for quality and input. */
  readonly classes: Int32Array
}

/** Tokens before the first operation: quality and input. */
export const LEADING = 2

/** @param qualities of each graph, 0 to 5; left out, none is known */
export function graphBatch(graphs: readonly OperationGraph[], qualities?: readonly number[]): GraphBatch {
  const starts = new Int32Array(graphs.length + 1)
  let pairCount = 0
  graphs.forEach(({ nodes }, i) => {
    const size = nodes.length + LEADING + 1
    starts[i + 1] = starts[i]! + size
    pairCount += (size * (size + 1)) / 2
  })
  const tokens = starts[graphs.length]!
  const batch = {
    starts,
    features: new Float64Array(tokens * TOKEN_FEATURES),
    pairs: { starts: new Int32Array(tokens + 1), first: new Int32Array(tokens) },
    relations: new Uint8Array(pairCount),
    classes: new Int32Array(tokens).fill(-1),
  }
  graphs.forEach((graph, i) => writeGraph(batch, starts[i]!, graph, qualities?.[i] ?? UNKNOWN_QUALITY))
  return batch
}

function writeGraph(batch: GraphBatch, start: number, { nodes, output }: OperationGraph, quality: number): void {
  const { features, pairs, relations, classes } = batch
  const ancestors: Set<number>[] = []
  const end = start + nodes.length + LEADING
  for (let token = start; token <= end; token++) {
    const place = token - start
    const at = token * TOKEN_FEATURES
    const node = place < LEADING ? undefined : nodes[place - LEADING]
    // An index of a node is its place less the leading tokens; the input, -1, is the token before the first node.
    const before = (node?.from ?? (token === end ? output : [])).map((source) => source + LEADING)
    if (place === 0) {
      writeToken(features, at, 'quality')
      features[qualityAt(at, quality)] = 1
    } else if (place === 1) writeToken(features, at, 'input')
    else if (node === undefined) {
      writeToken(features, at, 'output')
      classes[token] = OUTPUT_CLASS
    } else {
      writeToken(features, at, node.operation.kind, node.operation)
      classes[token] = classOf(node.operation)
    }
    const reached = new Set(before)
    for (const earlier of before) for (const further of ancestors[earlier] ?? []) reached.add(further)
    ancestors.push(reached)
    const pair = pairs.starts[token]!
    pairs.first[token] = start
    pairs.starts[token + 1] = pair + place + 1
    for (const earlier of reached) relations[pair + earlier] = RELATIONS.ancestor
    for (const earlier of before) relations[pair + earlier] = RELATIONS.predecessor
    relations[pair + place] = RELATIONS.self
    relations[pair] = RELATIONS.quality
  }
}
