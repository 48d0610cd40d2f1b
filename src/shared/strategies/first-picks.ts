// What to evaluate before anything is known: what the relational GPT thinks most of among random architectures, and unlike each
// other (docs/method.md#first-picks). Where it can judge nothing it names nothing.
import type { OperationGraph } from '../language/graphs/operation-graph'
import type { Random } from '../random'
import type { Genotype, Space } from '../spaces/space'
import type { GraphJudge } from './strategy'

/** As `Features` has them. */
export interface Readable {
  readonly graph?: OperationGraph | undefined
  readonly layers?: (() => OperationGraph) | undefined
}

interface Choosable extends Readable {
  readonly genotype: Genotype
}

/** What a judge reads of an architecture; undefined where it can read none of it. */
export const readableGraph = (
  { graph, layers }: Readable,
  { readsLayers = false }: GraphJudge,
): OperationGraph | undefined => graph ?? (readsLayers ? layers?.() : undefined)

/** Beyond so many deviations a figure says that a graph is unlike all others, not that it is better. */
const MOST_DEVIATIONS = 2.5
/** Changes between two picks: one apart, they tell hardly more than one. */
const LEAST_DISTANCE = 2
/** Of the operations in a pool; below it the words of a space mean nothing to the GPT. */
const LEAST_MEANING = 0.5
const TINY = 1e-6

/** Whether the GPT knows what most operations of these graphs are; it was told nothing of mere words. */
export function hasMeaning(graphs: readonly (OperationGraph | undefined)[]): boolean {
  let known = 0
  let all = 0
  for (const graph of graphs)
    for (const { operation } of graph?.nodes ?? []) {
      all++
      if (operation.kind !== 'other') known++
    }
  return all > 0 && known >= LEAST_MEANING * all
}

/** Says of a row how many deviations each figure is from its mean over `rows`, held within a bound. */
export function scaleOf(rows: readonly (readonly number[])[]): (row: readonly number[]) => number[] {
  const width = rows[0]?.length ?? 0
  const columns = Array.from({ length: width }, (_, i) => {
    const column = rows.map((row) => row[i] ?? 0)
    const mean = column.reduce((sum, value) => sum + value, 0) / column.length
    const deviation = Math.sqrt(column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / column.length) + TINY
    return { mean, deviation }
  })
  return (row) =>
    columns.map(({ mean, deviation }, i) =>
      Math.max(-MOST_DEVIATIONS, Math.min(MOST_DEVIATIONS, ((row[i] ?? 0) - mean) / deviation)),
    )
}

/** Weights that sum to 1, every mixture as likely as any other: Dirichlet(1, ..., 1). */
export function drawWeights(count: number, random: Random): number[] {
  const parts = Array.from({ length: count }, () => -Math.log(1 - random.next()))
  const total = parts.reduce((sum, part) => sum + part, 0)
  return parts.map((part) => part / total)
}

/**
 * At most `count`, each the best of the pool under another mixture of the figures, at some distance from those before it.
 * @param pool of random members; the figures are read relative to it
 */
export function firstPicks(
  space: Space,
  pool: readonly Choosable[],
  judge: GraphJudge,
  count: number,
  random: Random,
): Genotype[] {
  const readable = pool.flatMap((candidate) => {
    const graph = readableGraph(candidate, judge)
    return graph === undefined ? [] : [{ genotype: candidate.genotype, graph }]
  })
  if (!hasMeaning(readable.map(({ graph }) => graph))) return []
  const rows = judge.judge(readable.map(({ graph }) => graph))
  const figures = rows.map(scaleOf(rows))
  const picks: Genotype[] = []
  for (let i = 0; i < count; i++) {
    const weights = drawWeights(figures[0]?.length ?? 0, random)
    const scores = figures.map((row) => row.reduce((sum, value, j) => sum + value * (weights[j] ?? 0), 0))
    const order = [...readable.keys()].sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b)
    const best = order.find((index) => {
      const candidate = readable[index]
      return (
        candidate !== undefined && picks.every((pick) => space.distance(candidate.genotype, pick) >= LEAST_DISTANCE)
      )
    })
    const pick = best === undefined ? undefined : readable[best]
    if (pick !== undefined) picks.push(pick.genotype)
  }
  return picks
}
