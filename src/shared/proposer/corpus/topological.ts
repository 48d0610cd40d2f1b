// The same graph with its operations in another topological order: the GPT has to find them all alike.
import { INPUT, type OperationGraph } from '../../language/graphs/operation-graph'
import type { Random } from '../../random'

/** An order in which each next operation is drawn from those whose sources are all there. */
export function reordered({ nodes, output }: OperationGraph, random: Random): OperationGraph {
  const place = new Map<number, number>([[INPUT, INPUT]])
  const left = new Set(nodes.keys())
  const order: number[] = []
  while (left.size > 0) {
    const ready = [...left].filter((index) => nodes[index]?.from.every((source) => place.has(source)))
    const next = random.choice(ready)
    place.set(next, order.length)
    order.push(next)
    left.delete(next)
  }
  const moved = (from: readonly number[]): number[] =>
    from.map((source) => place.get(source) ?? INPUT).sort((a, b) => a - b)
  return {
    nodes: order.flatMap((index) => {
      const node = nodes[index]
      return node === undefined ? [] : [{ operation: node.operation, from: moved(node.from) }]
    }),
    output: moved(output),
  }
}
