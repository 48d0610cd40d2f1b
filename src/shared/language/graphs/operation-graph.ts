// An architecture as the graph of what it computes: skips are connections, what leads nowhere is gone. Made from words by
// wiring.ts; read by the surrogate of a search and by the proposer. Canonical up to the order of its operations.
import { operationKey, type Operation } from './operation'

/** Stands for the input among the sources of an operation. */
export const INPUT = -1

export interface OperationNode {
  readonly operation: Operation
  /** Ascending indices of earlier nodes, or `INPUT`; never empty. */
  readonly from: readonly number[]
}

export interface OperationGraph {
  /** In topological order. */
  readonly nodes: readonly OperationNode[]
  /** What the output sums; empty when nothing reaches it. */
  readonly output: readonly number[]
}

const ascending = (numbers: Iterable<number>): number[] => [...new Set(numbers)].sort((a, b) => a - b)

/** The graph without operations that have no way to the output, the rest renumbered in order. */
export function prune({ nodes, output }: OperationGraph): OperationGraph {
  const alive = new Set<number>()
  const open = output.filter((source) => source !== INPUT)
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    if (alive.has(index)) continue
    alive.add(index)
    open.push(...(nodes[index]?.from ?? []).filter((source) => source !== INPUT))
  }
  const kept = ascending(alive)
  const renumbered = new Map(kept.map((old, index) => [old, index]))
  renumbered.set(INPUT, INPUT)
  const sources = (from: readonly number[]): number[] =>
    ascending(from.flatMap((source) => renumbered.get(source) ?? []))
  return {
    nodes: kept.flatMap((index) => {
      const node = nodes[index]
      return node === undefined ? [] : [{ operation: node.operation, from: sources(node.from) }]
    }),
    output: sources(output),
  }
}

/** Equal for equal graphs in the same order of operations. */
export function graphKey({ nodes, output }: OperationGraph): string {
  return `${nodes.map(({ operation, from }) => `${operationKey(operation)}<${from.join(',')}`).join(' ')} -> ${output.join(',')}`
}
