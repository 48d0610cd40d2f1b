// Several relational GPTs as one judge of graphs: the mean of what their value heads say. What was asked once is remembered,
// because most architectures of a small space compute the same as others of it.
import { Tape } from '../autodiff/tape'
import { graphKey, type OperationGraph } from '../language/graphs/operation-graph'
import type { GraphJudge } from '../strategies/strategy'
import { graphBatch } from './graph-batch'
import { VALUES, type RelationalGpt } from './relational-gpt'

/** Graphs that go through a GPT at once: their hidden rows then stay in the processor's cache. */
const BATCH = 64
/** A pool of candidates and what is bred from it, many times over. */
const MOST_REMEMBERED = 50_000

/**
 * @param members at least one
 * @param values of `VALUES`, so many from the first on; @param readsLayers whether it learned from whole networks
 */
export function createJudge(
  members: readonly RelationalGpt[],
  { values = VALUES.length, readsLayers = false }: { readonly values?: number; readonly readsLayers?: boolean } = {},
): GraphJudge {
  const known = new Map<string, readonly number[]>()

  function ask(graphs: readonly OperationGraph[]): void {
    const tape = new Tape(false)
    const batch = graphBatch(graphs)
    const sums = new Float64Array(graphs.length * VALUES.length)
    for (const gpt of members) {
      const { data } = gpt.values(tape, gpt.hidden(tape, batch), batch)
      for (let i = 0; i < sums.length; i++) sums[i]! += data[i]! / members.length
    }
    graphs.forEach((graph, i) => {
      known.set(graphKey(graph), [...sums.subarray(i * VALUES.length, i * VALUES.length + values)])
    })
  }

  return {
    readsLayers,
    judge(graphs) {
      if (known.size > MOST_REMEMBERED) known.clear()
      const open = new Map<string, OperationGraph>()
      for (const graph of graphs) {
        const key = graphKey(graph)
        if (!known.has(key)) open.set(key, graph)
      }
      const waiting = [...open.values()]
      for (let start = 0; start < waiting.length; start += BATCH) ask(waiting.slice(start, start + BATCH))
      return graphs.map((graph) => known.get(graphKey(graph)) ?? [])
    },
  }
}
