// A Gaussian process over architectures: one kernel of choices and ways, one of graph descriptors, multiplied; ranks of fitness
// as values, a constant mean, hyperparameters by marginal likelihood on a grid (Rasmussen & Williams 2006, chapters 2 and 5;
// grids: docs/method.md, "Surrogate"). Factors of the whole grid grow with each point, so none is ever made anew.
import { GrowingCholesky } from './cholesky'
import { choiceDistance, figureDistance, pathDistance, type Point } from './points'
import { rankQuantiles } from './rank-quantiles'

export interface Grid {
  /** Length scales of choices and ways; empty leaves that kernel out. */
  readonly choiceScales: readonly number[]
  /** Whether ways through the graph count beside choices; both are tried where both are named. */
  readonly ways: readonly boolean[]
  /** Length scales of descriptors; empty leaves that kernel out. */
  readonly figureScales: readonly number[]
  /** Variance of the noise, of a signal's 1. */
  readonly noises: readonly number[]
}

export const DESCRIPTOR_GRID: Grid = {
  choiceScales: [1, 1.5, 2.2, 3.2, 4.5],
  ways: [true, false],
  figureScales: [0.3, 0.6, 1, 2, 5, 20],
  noises: [0.02, 0.1, 0.3],
}

/** Squared distances of a point to others, in their order. */
export interface Distances {
  readonly choices: Float64Array
  readonly paths: Float64Array
  readonly figures: Float64Array
  /** What is expected of the point before any result, in quantiles; absent is 0. Only of a process that was fitted with a prior. */
  readonly prior?: number
  /** What is thought of the point, of a process that was fitted with beliefs; absent is 0. */
  readonly opinion?: number
  /** What the likeliest models have solved for this point: with every further point they go on from there. Absent, nothing is kept. */
  readonly solved?: Solved
}

/** By model: L⁻¹ k, as many rows as there were points; whoever takes points out again cuts it. */
export type Solved = Map<object, Float64Array>

/** Of a point: more than the likeliest one for each value would take memory that its use does not pay for. */
const MOST_SOLVED = 4

interface Model {
  readonly choiceWeight: number
  readonly pathWeight: number
  readonly figureWeight: number
  readonly noise: number
  readonly factor: GrowingCholesky
}

interface Fitted {
  readonly model: Model
  /** How much an opinion counts: its part of what is expected. */
  readonly belief: number
  /** Of what is left of the values. */
  readonly mean: number
  /** L⁻¹ (y - mean). */
  readonly whitened: Float64Array
  readonly weight: number
}

/** What is expected before any result, as of former runs: the process learns what differs from it. */
export interface Prior {
  /** Of each point that is in, in their order, in quantiles. */
  readonly known: readonly number[]
  /** Above 0: the deviation that is left of what differs. */
  readonly scale: number
}

/** An opinion of every architecture, such as a GPT has, that is expected of the first value as far as the results bear it out. */
export interface Beliefs {
  /** Of each point that is in, in their order, about unit deviation over the space. */
  readonly known: readonly number[]
  /** How much of it may be expected, in quantiles; a hyperparameter as the others are. */
  readonly weights: readonly number[]
}

/** What is expected of the first value; of the others nothing is. */
export interface Expected {
  readonly prior?: Prior | undefined
  readonly beliefs?: Beliefs | undefined
}

/** What the models have made of one of the points' values. */
interface View {
  /** The likeliest models. */
  readonly chosen: readonly Fitted[]
  readonly targets: Float64Array
  /** Of what differs from the prior; 1 without one. */
  readonly scale: number
}

/** Mean and deviation in normal quantiles of rank, as one model sees them. */
export interface Prediction {
  readonly weight: number
  readonly mean: number
  readonly deviation: number
}

const LEAST_VARIANCE = 1e-6
/** Likeliest models that are averaged (docs/method.md, "Surrogate"). */
const AVERAGED = 5
const weights = (scales: readonly number[]): readonly number[] =>
  scales.length === 0 ? [0] : scales.map((scale) => -0.5 / scale ** 2)

export class GaussianProcess {
  private readonly models: readonly Model[]
  private readonly known: Point[] = []
  /** Of each point, one or more. */
  private readonly values: (readonly number[])[] = []
  /** One for each value of a point; empty before `fit`. */
  private views: readonly View[] = []

  constructor(grid: Grid = DESCRIPTOR_GRID) {
    this.models = weights(grid.choiceScales).flatMap((choiceWeight) =>
      grid.ways.flatMap((hasWays) =>
        weights(grid.figureScales).flatMap((figureWeight) =>
          grid.noises.map((noise) => ({
            choiceWeight,
            pathWeight: hasWays ? choiceWeight : 0,
            figureWeight,
            noise,
            factor: new GrowingCholesky(),
          })),
        ),
      ),
    )
  }

  get size(): number {
    return this.known.length
  }

  /** Those that are in, in the order in which they came. */
  get points(): readonly Point[] {
    return this.known
  }

  /** Their first value as normal quantiles of rank, since `fit`. */
  get quantiles(): Float64Array {
    return this.views[0]?.targets ?? new Float64Array(0)
  }

  /** The best first value seen, as a quantile. */
  get bestTarget(): number {
    return this.quantiles.reduce((best, value) => Math.max(best, value), -Infinity)
  }

  /**
   * Takes an evaluated point in; `fit` before the next prediction.
   * @param values finite, higher is better, as many for every point: each has hyperparameters of its own, all share the factors
   */
  add(point: Point, ...values: readonly number[]): void {
    const distances = this.distances(point)
    const covariances = new Float64Array(this.known.length)
    for (const model of this.models) {
      covary(model, distances, covariances)
      model.factor.append(covariances, 1 + model.noise)
    }
    this.known.push(point)
    this.values.push(values)
    this.views = []
  }

  /** Takes the newest points out again: values that were only assumed. @param size those that stay */
  truncate(size: number): void {
    for (const { factor } of this.models) factor.truncate(size)
    this.known.length = size
    this.values.length = size
    this.views = []
  }

  /** Chooses the hyperparameters. */
  fit(expected: Expected = {}): void {
    this.views = (this.values[0] ?? []).map((_, i) =>
      this.view(rankQuantiles(this.values.map((each) => each[i] ?? 0)), i === 0 ? expected : {}),
    )
  }

  private view(targets: Float64Array, { prior, beliefs }: Expected): View {
    const scale = prior?.scale ?? 1
    const left = prior === undefined ? targets : targets.map((value, i) => (value - (prior.known[i] ?? 0)) / scale)
    const fitted = (beliefs?.weights ?? [0]).flatMap((belief) => {
      const unexpected = belief === 0 ? left : left.map((value, i) => value - belief * (beliefs?.known[i] ?? 0))
      const mean = unexpected.reduce((sum, value) => sum + value, 0) / unexpected.length
      const centred = unexpected.map((value) => value - mean)
      return this.models.map((model) => {
        const whitened = centred.slice()
        model.factor.solveInPlace(whitened)
        const squares = whitened.reduce((sum, value) => sum + value * value, 0)
        return { model, belief, mean, whitened, logLikelihood: -0.5 * squares - model.factor.halfLogDeterminant }
      })
    })
    fitted.sort((a, b) => b.logLikelihood - a.logLikelihood)
    const highest = fitted[0]?.logLikelihood ?? 0
    const weighed = fitted
      .slice(0, AVERAGED)
      .map((each) => ({ ...each, weight: Math.exp(each.logLikelihood - highest) }))
    const total = weighed.reduce((sum, { weight }) => sum + weight, 0)
    return { targets, scale, chosen: weighed.map((each) => ({ ...each, weight: each.weight / total })) }
  }

  /** What was seen, as the models see it: quantiles, a row a point. */
  get targets(): readonly (readonly number[])[] {
    return this.known.map((_, i) => this.views.map(({ targets }) => targets[i] ?? 0))
  }

  private solve(model: Model, distances: Distances): Float64Array {
    const row = new Float64Array(this.known.length)
    const before = distances.solved?.get(model)
    if (before !== undefined) row.set(before)
    const from = before?.length ?? 0
    covary(model, distances, row, from)
    model.factor.solveInPlace(row, from)
    const { solved } = distances
    if (solved === undefined) return row
    solved.delete(model)
    // The one that was asked longest ago goes.
    for (const oldest of solved.keys()) if (solved.size >= MOST_SOLVED) solved.delete(oldest)
    return solved.set(model, row) && row
  }

  /** Squared distances to every point that is in; kept by whoever asks again with one more point. */
  distances(point: Point, since = 0): Distances {
    const count = Math.max(0, this.known.length - since)
    const choices = new Float64Array(count)
    const paths = new Float64Array(count)
    const figures = new Float64Array(count)
    for (let i = 0; i < count; i++) {
      const other = this.known[since + i]
      if (other === undefined) break
      choices[i] = choiceDistance(point, other)
      paths[i] = pathDistance(point, other)
      figures[i] = figureDistance(point, other)
    }
    return { choices, paths, figures }
  }

  /**
   * What each of the likeliest models says, with its weight; all weights sum to 1.
   * @param distances to all points that are in, as `distances` gives them
   * @param most of the likeliest models to ask
   * @param value which of the points' values
   */
  predictions(distances: Distances, most = AVERAGED, value = 0): readonly Prediction[] {
    const view = this.views[value]
    if (view === undefined) throw new Error('fit the Gaussian process before asking it')
    return view.chosen.slice(0, most).map(({ model, belief, mean: ownMean, whitened, weight }) => {
      const covariances = this.solve(model, distances)
      let mean = ownMean
      let variance = 1
      for (let i = 0; i < covariances.length; i++) {
        const covariance = covariances[i]!
        mean += covariance * whitened[i]!
        variance -= covariance * covariance
      }
      const { scale } = view
      // Of the first value alone: nothing is expected of the others.
      const expected = value === 0 ? (distances.prior ?? 0) + belief * (distances.opinion ?? 0) : 0
      return { weight, mean: expected + scale * mean, deviation: scale * Math.sqrt(Math.max(variance, LEAST_VARIANCE)) }
    })
  }
}

function covary(model: Model, { choices, paths, figures }: Distances, into: Float64Array, from = 0): void {
  const { choiceWeight, pathWeight, figureWeight } = model
  for (let i = from; i < into.length; i++)
    into[i] = Math.exp(choiceWeight * choices[i]! + pathWeight * paths[i]! + figureWeight * figures[i]!)
}
