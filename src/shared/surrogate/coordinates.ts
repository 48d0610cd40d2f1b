// Principal coordinates from distances alone: classical scaling of some landmarks, every other point placed by its distances to them
// (de Silva & Tenenbaum 2004, landmark MDS).

/** Rounds of orthogonal iteration: directions that are still mixed after so many have about the same weight. */
const ROUNDS = 40
const TINY = 1e-9

export class LandmarkCoordinates<Point> {
  /** Mean squared distance of each landmark to all. */
  private readonly means: Float64Array
  /** For each coordinate what each landmark's distance counts; empty rows where the landmarks span fewer. */
  private readonly directions: readonly Float64Array[]

  /**
   * @param landmarks some hundred; at least one
   * @param distance squared, zero for equal points
   * @param count coordinates that are wanted; those that the landmarks do not span are zero
   */
  constructor(
    private readonly landmarks: readonly Point[],
    private readonly distance: (a: Point, b: Point) => number,
    private readonly count: number,
  ) {
    const size = landmarks.length
    const squares = landmarks.map((a) => Float64Array.from(landmarks, (b) => distance(a, b)))
    this.means = Float64Array.from(squares, (row) => row.reduce((sum, value) => sum + value, 0) / size)
    const mean = this.means.reduce((sum, value) => sum + value, 0) / size
    const inner = squares.map((row, i) =>
      row.map((square, j) => -0.5 * (square - (this.means[i] ?? 0) - (this.means[j] ?? 0) + mean)),
    )
    this.directions = leadingVectors(inner, count).map(({ vector, weight }) => {
      // A landmark's own coordinate is the root of the weight times its entry; over all landmarks its deviation is scaled to one.
      const deviation = Math.sqrt(weight / size)
      return vector.map((entry) => entry / (Math.sqrt(weight) * deviation))
    })
  }

  /** @returns `count` numbers, of unit deviation over the landmarks */
  of(point: Point): Float64Array {
    const shifted = Float64Array.from(
      this.landmarks,
      (landmark, i) => -0.5 * (this.distance(point, landmark) - (this.means[i] ?? 0)),
    )
    return Float64Array.from({ length: this.count }, (_, k) => {
      const direction = this.directions[k]
      return direction === undefined ? 0 : dot(direction, shifted)
    })
  }
}

/** Eigenvectors of the largest positive eigenvalues of a symmetric matrix, unit length, largest first. */
function leadingVectors(matrix: readonly Float64Array[], count: number): { vector: Float64Array; weight: number }[] {
  const size = matrix.length
  let vectors = Array.from({ length: Math.min(count, size) }, (_, k) =>
    // Any start will do that is orthogonal to none: whole numbers without a pattern, the same for every run.
    Float64Array.from({ length: size }, (__, i) => (((i + 1) * (2 * k + 3) * 7919) % 1009) / 1009 - 0.5),
  )
  let weights: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const turned = vectors.map((vector) => Float64Array.from(matrix, (row) => dot(row, vector)))
    weights = orthogonalise(turned)
    vectors = turned
  }
  const largest = weights[0] ?? 0
  return vectors
    .map((vector, k) => ({ vector, weight: weights[k] ?? 0 }))
    .filter(({ weight }) => weight > TINY && weight > TINY * largest)
    .sort((a, b) => b.weight - a.weight)
}

/** Gram-Schmidt in place. @returns the length of each before it was made one */
function orthogonalise(vectors: readonly Float64Array[]): number[] {
  return vectors.map((vector, k) => {
    for (const before of vectors.slice(0, k)) {
      const overlap = dot(before, vector)
      for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] ?? 0) - overlap * (before[i] ?? 0)
    }
    const length = Math.sqrt(dot(vector, vector))
    for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] ?? 0) / (length + TINY)
    return length
  })
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0)
  return sum
}
