// The in-context learner in a search: what it says of candidates, given everything that was evaluated. It reads the same distances and
// ranks as the Gaussian process beside it.
import { Tape } from '../../autodiff/tape'
import type { Distances, GaussianProcess, Prediction } from '../gaussian-process'
import type { Point } from '../points'
import { LandmarkCoordinates } from '../coordinates'
import { choicesAndWays, figureDistance } from '../points'
import type { InContextLearner } from './learner'
import { CHOICE_COORDINATES, COORDINATES, FIGURE_COORDINATES, type InContextTask } from './task'

/** Landmarks that say where a point lies; as many in a search as in training. */
const LANDMARKS = 150

/** Says where any point of a space lies, by landmarks of it. @param landmarks at least one; the first 150 are used */
export function locator(landmarks: readonly Point[]): (point: Point) => Float64Array {
  const used = landmarks.slice(0, LANDMARKS)
  const figures = new LandmarkCoordinates(used, figureDistance, FIGURE_COORDINATES)
  const choices = new LandmarkCoordinates(used, choicesAndWays, CHOICE_COORDINATES)
  return (point) => Float64Array.from([...figures.of(point), ...choices.of(point)])
}

/** A point that was evaluated. */
interface Known {
  readonly point: Point
  readonly coordinates: Float64Array
  /** To the points that were evaluated before it and to itself, at least. */
  readonly distances: Distances
}

export interface Asked {
  /** To every point that is in the process. */
  readonly distances: Distances
  readonly coordinates: Float64Array
}

export class InContextAdviser {
  readonly locate: (point: Point) => Float64Array
  private readonly known: Known[] = []
  private readonly tape = Tape.reused()

  /** @param landmarks random members of the space */
  constructor(
    private readonly learner: InContextLearner,
    landmarks: readonly Point[],
  ) {
    this.locate = locator(landmarks)
  }

  /** @param process fitted, with at least one point @param asked at least one @returns mean and deviation of each in quantiles of rank */
  predictions(process: GaussianProcess, asked: readonly Asked[]): Prediction[] {
    this.follow(process)
    const task = this.taskOf(process.quantiles, asked)
    this.tape.restart()
    const { means, spreads } = this.learner.predict(this.tape, [task])
    return asked.map((_, i) => ({ weight: 1, mean: means.data[i]!, deviation: Math.exp(spreads.data[i]!) }))
  }

  /** Takes in what the process has taken in, and drops what it has dropped. */
  private follow(process: GaussianProcess): void {
    const { points } = process
    const same = this.known.findIndex(({ point }, i) => point !== points[i])
    if (same >= 0) this.known.length = same
    for (const point of points.slice(this.known.length))
      this.known.push({ point, coordinates: this.locate(point), distances: process.distances(point) })
  }

  private taskOf(targets: Float64Array, asked: readonly Asked[]): InContextTask {
    const known = this.known.length
    const rows = known + asked.length
    const task = {
      known,
      asked: asked.length,
      choices: new Float64Array(rows * known),
      figures: new Float64Array(rows * known),
      coordinates: new Float64Array(rows * COORDINATES),
      targets,
    }
    const { choices, figures, coordinates } = task
    this.known.forEach((each, row) => {
      coordinates.set(each.coordinates, row * COORDINATES)
      // Each has its distances to those before it, and they theirs to it.
      for (let i = 0; i <= row; i++) {
        choices[row * known + i] = choices[i * known + row] = each.distances.choices[i]! + each.distances.paths[i]!
        figures[row * known + i] = figures[i * known + row] = each.distances.figures[i]!
      }
    })
    asked.forEach((each, i) => {
      const start = (known + i) * known
      coordinates.set(each.coordinates, (known + i) * COORDINATES)
      for (let j = 0; j < known; j++) {
        choices[start + j] = each.distances.choices[j]! + each.distances.paths[j]!
        figures[start + j] = each.distances.figures[j]!
      }
    })
    return task
  }
}
