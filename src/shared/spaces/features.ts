// What a space tells of an architecture beside its name for it: the choices, the ways through its graph and further figures.
// A surrogate measures by these how far two architectures are apart (shared/surrogate).
import type { Operation } from '../language/graphs/operation'
import { INPUT, type OperationGraph } from '../language/graphs/operation-graph'
import { liveWords } from '../language/graphs/live-words'
import { graphOfWords, pathsOfWords, wiringOf, type PositionWords, type Wiring } from '../language/graphs/wiring'

export interface Features {
  /** The choice at each position; a shorter architecture has none behind its end. */
  readonly choices: readonly (string | number)[]
  /** The same with `none` for each that nothing passes, where the space tells: what it is cannot matter. */
  readonly live?: readonly (string | number)[]
  /** Every way from input to output as operations; empty where the space has no such reading. */
  readonly paths: readonly (readonly Operation[])[]
  readonly graph?: OperationGraph
  /** The layers that compute, where a proposer reads those: larger than what descriptors could be made of, and made when asked for. */
  readonly layers?: () => OperationGraph
  /** Further figures of the space itself, such as costs; as many for each of its genotypes. */
  readonly figures?: readonly number[]
}

export function featuresOfWords(wiring: Wiring, words: readonly string[]): Features {
  return {
    choices: words,
    live: liveWords(wiring, words),
    paths: pathsOfWords(wiring, words),
    graph: graphOfWords(wiring, words),
  }
}

/** Reads one word at each position. */
export function wordFeatures(positions: readonly PositionWords[]): (words: readonly string[]) => Features {
  const wiring = wiringOf(positions)
  return (words) => featuresOfWords(wiring, words)
}

/** Every way from input to output of a graph, at most `most` to any node. */
export function pathsOfGraph({ nodes, output }: OperationGraph, most: number): readonly (readonly Operation[])[] {
  const known = new Map<number, readonly (readonly Operation[])[]>([[INPUT, [[]]]])
  const waysTo = (sources: readonly number[]): readonly (readonly Operation[])[] =>
    sources.flatMap((source) => known.get(source) ?? []).slice(0, most)
  nodes.forEach(({ operation, from }, index) => {
    known.set(
      index,
      waysTo(from).map((way) => [...way, operation]),
    )
  })
  return waysTo(output)
}
