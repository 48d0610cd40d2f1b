// What a graph of operations is like, in numbers: the surrogate's second kernel component (docs/method.md, "Surrogate").
import { INPUT, type OperationGraph } from '../language/graphs/operation-graph'
import { operationKey, type Operation } from '../language/graphs/operation'

/** Ways through larger graphs double with every branch; beyond so many the rest tells nothing new. */
const MOST_PATHS = 4096

/** Every way from input to output as indices of nodes; one empty way when nothing reaches the output. */
function pathsOf({ nodes, output }: OperationGraph): readonly (readonly number[])[] {
  const known = new Map<number, readonly (readonly number[])[]>([[INPUT, [[]]]])
  nodes.forEach(({ from }, index) => {
    const ways = from.flatMap((source) => known.get(source) ?? []).slice(0, MOST_PATHS)
    known.set(
      index,
      ways.map((way) => [...way, index]),
    )
  })
  const ways = output.flatMap((source) => known.get(source) ?? []).slice(0, MOST_PATHS)
  return ways.length === 0 ? [[]] : ways
}

const mean = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0) / numbers.length

/**
 * Numbers of fixed meaning: for each operation of the vocabulary how often it is there, whether once and twice, and its
 * largest, least and mean count over the ways; the number of ways, their lengths with and without pooling; whether the input
 * goes straight to the output; what the output sums; whether nothing reaches it; the number of connections.
 * @param vocabulary operations of the space, in a fixed order
 */
export function describeGraph(graph: OperationGraph, vocabulary: readonly Operation[]): number[] {
  const keys = graph.nodes.map((node) => operationKey(node.operation))
  const paths = pathsOf(graph)
  const figures: number[] = []
  for (const operation of vocabulary) {
    const key = operationKey(operation)
    const count = keys.filter((other) => other === key).length
    const onPaths = paths.map((path) => path.filter((node) => keys[node] === key).length)
    figures.push(count, Number(count > 0), Number(count > 1))
    figures.push(Math.max(...onPaths), Math.min(...onPaths), mean(onPaths))
  }
  const lengths = paths.map((path) => path.length)
  const isPool = graph.nodes.map(({ operation }) => operation.kind === 'pool')
  const computing = paths.map((path) => path.filter((node) => isPool[node] !== true).length)
  figures.push(paths.length)
  for (const counts of [lengths, computing]) figures.push(Math.max(...counts), Math.min(...counts), mean(counts))
  const { output, nodes } = graph
  figures.push(Number(output.includes(INPUT)), output.length, Number(output.length === 0))
  figures.push(nodes.reduce((sum, { from }) => sum + from.length, output.length))
  return figures
}
