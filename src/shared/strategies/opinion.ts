// What the relational GPT thinks of an architecture as one figure, for a surrogate to expect before any result: the sum of its figures,
// none of them weighing more than another because nothing is known that could say so (docs/method.md#first-picks).
import type { Opinion } from '../surrogate/believed'
import { readableGraph, scaleOf, type Readable } from './first-picks'
import type { GraphJudge } from './strategy'

/** @param pool of random members, of which the judge can read at least one; figures are deviations over it */
export function opinionOf(pool: readonly Readable[], judge: GraphJudge): Opinion {
  const rowsOf = (architectures: readonly Readable[]): (readonly number[] | undefined)[] => {
    const graphs = architectures.map((each) => readableGraph(each, judge))
    const rows = judge.judge(graphs.filter((graph) => graph !== undefined))
    let at = 0
    return graphs.map((graph) => (graph === undefined ? undefined : rows[at++]))
  }
  const reference = rowsOf(pool).filter((row) => row !== undefined)
  const scaled = scaleOf(reference)
  const sumOf = (row: readonly number[]): number => scaled(row).reduce((sum, value) => sum + value, 0)
  const overall = scaleOf(reference.map((row) => [sumOf(row)]))
  return { of: (architectures) => rowsOf(architectures).map((row) => (row && overall([sumOf(row)])[0]) ?? 0) }
}
