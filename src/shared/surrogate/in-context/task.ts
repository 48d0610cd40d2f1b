// What the in-context learner reads: evaluated architectures with the ranks of their fitness, and architectures it is asked about.
// It never sees what they are, only how far they are apart and where they lie in their space, so it reads any space.

/** Numbers that say where an architecture lies: the leading principal coordinates of its descriptors, then of its choices. */
export const FIGURE_COORDINATES = 6
export const CHOICE_COORDINATES = 4
export const COORDINATES = FIGURE_COORDINATES + CHOICE_COORDINATES

/** Rows are architectures: those that are known, then those that are asked about. */
export interface InContextTask {
  readonly known: number
  readonly asked: number
  /** Squared distances of choices and ways, rows x `known`. */
  readonly choices: Float64Array
  /** Squared distances of descriptors, rows x `known`. */
  readonly figures: Float64Array
  /** Rows x `COORDINATES`, about unit deviation. */
  readonly coordinates: Float64Array
  /** Of the known ones, normal quantiles of their ranks. */
  readonly targets: Float64Array
}

const TINY = 1e-6

/** A task whose known architectures are one apart on average, in either distance. */
export function normalised(task: InContextTask): InContextTask {
  const scaled = (distances: Float64Array): Float64Array => {
    const count = task.known ** 2
    let sum = 0
    for (let i = 0; i < count; i++) sum += distances[i]!
    const scale = 1 / (sum / count + TINY)
    return distances.map((distance) => distance * scale)
  }
  return { ...task, choices: scaled(task.choices), figures: scaled(task.figures) }
}
