// Architectures as points of the surrogate: how far two are apart by their choices and ways, and by what their graphs are like.
import { operationKey, type Operation } from '../language/graphs/operation'
import type { Features } from '../spaces/features'
import { describeGraph } from './descriptors'

export interface Point {
  readonly choices: readonly (string | number)[]
  /** Ascending numbers of the kinds of path that are there, with their counts beside them. */
  readonly pathKinds: Int32Array
  readonly pathCounts: Float64Array
  /** z-scores over the reference sample, divided by the root of their number. */
  readonly figures: Float64Array
}

/** A choice at a position weighs less than a way through the graph (docs/method.md, "Surrogate"). */
export const CHOICE_SCALE = 0.6
const TINY = 1e-6

/** Squared distance of choices. */
export function choiceDistance(a: Point, b: Point): number {
  let differing = 0
  const length = Math.max(a.choices.length, b.choices.length)
  for (let i = 0; i < length; i++) {
    if (a.choices[i] === b.choices[i]) continue
    // One-hot: a difference takes one unit away and adds another.
    differing += Number(a.choices[i] !== undefined) + Number(b.choices[i] !== undefined)
  }
  return CHOICE_SCALE ** 2 * differing
}

/** Squared distance of the counts of ways. */
export function pathDistance(a: Point, b: Point): number {
  let sum = 0
  let i = 0
  let j = 0
  while (i < a.pathKinds.length || j < b.pathKinds.length) {
    const left = a.pathKinds[i] ?? Infinity
    const right = b.pathKinds[j] ?? Infinity
    const mine = left <= right ? (a.pathCounts[i++] ?? 0) : 0
    const other = right <= left ? (b.pathCounts[j++] ?? 0) : 0
    sum += (mine - other) ** 2
  }
  return sum
}

/** Squared distance of choices and ways together. */
export const choicesAndWays = (a: Point, b: Point): number => choiceDistance(a, b) + pathDistance(a, b)

/** Squared distance of what the graphs are like. */
export function figureDistance(a: Point, b: Point): number {
  let sum = 0
  for (let i = 0; i < a.figures.length; i++) sum += ((a.figures[i] ?? 0) - (b.figures[i] ?? 0)) ** 2
  return sum
}

/** Makes points of features; what is far and near is fixed by the reference sample, so that no later point moves another. */
export class PointMaker {
  private readonly kinds = new Map<string, number>()
  private readonly means: readonly number[]
  private readonly deviations: readonly number[]
  private readonly vocabulary: readonly Operation[]
  private readonly used: readonly number[]

  /** @param reference features of random members, some hundred; at least one */
  constructor(reference: readonly Features[]) {
    const operations = new Map<string, Operation>()
    for (const { graph } of reference)
      for (const { operation } of graph?.nodes ?? []) operations.set(operationKey(operation), operation)
    this.vocabulary = [...operations.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, operation]) => operation)
    const rows = reference.map((features) => this.raw(features))
    const width = rows[0]?.length ?? 0
    const columns = Array.from({ length: width }, (_, i) => rows.map((row) => row[i] ?? 0))
    this.means = columns.map((column) => column.reduce((sum, value) => sum + value, 0) / column.length)
    this.deviations = columns.map((column, i) =>
      Math.sqrt(column.reduce((sum, value) => sum + (value - (this.means[i] ?? 0)) ** 2, 0) / column.length),
    )
    // What never varies tells nothing, and must not thin out what does.
    this.used = this.deviations.flatMap((deviation, i) => (deviation > TINY ? [i] : []))
  }

  point(features: Features): Point {
    const counts = new Map<number, number>()
    for (const path of features.paths) {
      const kind = this.kindOf(path)
      counts.set(kind, (counts.get(kind) ?? 0) + 1)
    }
    const pathKinds = Int32Array.from(counts.keys()).sort()
    const raw = this.raw(features)
    const scale = 1 / Math.sqrt(Math.max(1, this.used.length))
    return {
      choices: features.choices,
      pathKinds,
      pathCounts: Float64Array.from(pathKinds, (kind) => counts.get(kind) ?? 0),
      figures: Float64Array.from(
        this.used,
        (i) => (((raw[i] ?? 0) - (this.means[i] ?? 0)) / ((this.deviations[i] ?? 0) + TINY)) * scale,
      ),
    }
  }

  private raw({ graph, figures = [] }: Features): number[] {
    return graph === undefined ? [...figures] : [...describeGraph(graph, this.vocabulary), ...figures]
  }

  private kindOf(path: readonly Operation[]): number {
    const key = path.map(operationKey).join('>')
    const known = this.kinds.get(key)
    if (known !== undefined) return known
    this.kinds.set(key, this.kinds.size)
    return this.kinds.size - 1
  }
}
