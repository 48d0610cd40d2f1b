// Invented fitness over a terrain: smooth in the choices, smooth in the descriptors, a random network of the descriptors, sums and
// products that saturate; each in a random share. What a real landscape is like is not known: the family has to be wide.
import { normal, normals } from '../../../normal'
import type { Random } from '../../../random'
import type { Terrain, Vectors } from './terrain'

/** Random waves that make a smooth function (Rahimi & Recht 2007): more are smoother draws, and slower. */
const WAVES = 64
/** Shares below this are not worth their arithmetic. */
const LEAST_SHARE = 0.1
const TINY = 1e-9

/** Gamma(1/2) divided by their sum is Dirichlet(1/2): mostly one or two kinds. */
function shares(count: number, random: Random): number[] {
  const parts = Array.from({ length: count }, () => normal(random) ** 2)
  const total = parts.reduce((sum, part) => sum + part, 0)
  return parts.map((part) => Math.sqrt(part / total))
}

/** Mean 0, deviation 1. */
export function standard(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
  return values.map((value) => (value - mean) / (deviation + TINY))
}

/** Columns that count, and how much: a random part of them, log-normal. */
function relevance(width: number, least: number, random: Random): Float64Array {
  const share = least + (1 - least) * random.next()
  return Float64Array.from({ length: width }, () => (random.chance(share) ? Math.exp(0.7 * normal(random)) : 0))
}

function deviationOf({ width, data }: Vectors, scales: Float64Array, rows: ArrayLike<number>): number {
  let squares = 0
  for (let column = 0; column < width; column++) {
    if (scales[column] === 0) continue
    let sum = 0
    let square = 0
    for (let i = 0; i < rows.length; i++) {
      const value = data[rows[i]! * width + column]! * scales[column]!
      sum += value
      square += value * value
    }
    squares += square / rows.length - (sum / rows.length) ** 2
  }
  return Math.sqrt(Math.max(squares, 0)) + TINY
}

/** For each row the products of its scaled vector with `count` directions, row by row. */
function projected(
  { width, data }: Vectors,
  scales: Float64Array,
  rows: ArrayLike<number>,
  count: number,
  random: Random,
): Float64Array {
  const used = Int32Array.from(scales.keys()).filter((column) => scales[column] !== 0)
  const directions = normals(used.length * count, random)
  const result = new Float64Array(rows.length * count)
  for (let i = 0; i < rows.length; i++)
    for (let k = 0; k < used.length; k++) {
      const column = used[k]!
      const value = data[rows[i]! * width + column]! * scales[column]!
      // One-hot vectors are mostly zeros.
      if (value === 0) continue
      for (let at = i * count, from = k * count; at < (i + 1) * count; at++, from++)
        result[at]! += value * directions[from]!
    }
  return result
}

/** A draw of a Gaussian process with a length scale for each column. */
function smooth(vectors: Vectors, least: number, rows: ArrayLike<number>, random: Random): Float64Array {
  const scales = relevance(vectors.width, least, random)
  const length = deviationOf(vectors, scales, rows) * Math.exp(1.7 * random.next())
  const phases = projected(
    vectors,
    scales.map((scale) => scale / length),
    rows,
    WAVES,
    random,
  )
  const shifts = Float64Array.from({ length: WAVES }, () => 2 * Math.PI * random.next())
  const weights = normals(WAVES, random)
  return Float64Array.from({ length: rows.length }, (_, i) => {
    let sum = 0
    for (let j = 0; j < WAVES; j++) sum += weights[j]! * Math.cos(phases[i * WAVES + j]! + shifts[j]!)
    return sum
  })
}

const HIDDEN = 12
const SECOND_HIDDEN = 6

function network(vectors: Vectors, rows: ArrayLike<number>, random: Random): Float64Array {
  const share = 0.1 + 0.9 * random.next()
  const chosen = Float64Array.from({ length: vectors.width }, () => Number(random.chance(share)))
  const count = chosen.reduce((sum, value) => sum + value, 1)
  // Descriptors are divided by the root of their number.
  const gain = Math.sqrt(vectors.width / count) * Math.exp(-0.5 + 1.3 * random.next())
  const first = projected(
    vectors,
    chosen.map((value) => value * gain),
    rows,
    HIDDEN,
    random,
  )
  const shifts = normals(HIDDEN, random)
  const second = normals(HIDDEN * SECOND_HIDDEN, random)
  const last = normals(SECOND_HIDDEN, random)
  return Float64Array.from({ length: rows.length }, (_, i) => {
    const hidden = shifts.map((shift, j) => Math.tanh(first[i * HIDDEN + j]! + shift))
    return last.reduce((sum, weight, k) => {
      const inner = hidden.reduce((total, value, j) => total + value * second[j * SECOND_HIDDEN + k]!, 0)
      return sum + weight * Math.tanh(inner / 2)
    }, 0)
  })
}

const PRODUCTS = 8

/** A few columns added up and some multiplied, with a ceiling that more of the same comes nearer to. */
function saturatingSum(
  { choiceVectors, figureVectors }: Terrain,
  rows: ArrayLike<number>,
  random: Random,
): Float64Array {
  const scale = Math.sqrt(figureVectors.width) / 2
  const width = choiceVectors.width + figureVectors.width
  const value = (row: number, column: number): number =>
    column < choiceVectors.width
      ? choiceVectors.data[row * choiceVectors.width + column]!
      : scale * figureVectors.data[row * figureVectors.width + column - choiceVectors.width]!
  const columns = random.shuffle(Array.from({ length: width }, (_, i) => i)).slice(0, 5 + random.integer(35))
  const weights = normals(columns.length, random)
  const products = Array.from({ length: PRODUCTS }, () => ({
    first: random.choice(columns),
    second: random.choice(columns),
    weight: normal(random),
  }))
  const share = 0.5 * random.next()
  const sums = Float64Array.from({ length: rows.length }, (_, i) => {
    const row = rows[i]!
    const sum = columns.reduce((total, column, k) => total + weights[k]! * value(row, column), 0)
    return products.reduce(
      (total, { first, second, weight }) => total + share * weight * value(row, first) * value(row, second),
      sum,
    )
  })
  const bend = 0.1 + 1.4 * random.next()
  return standard(sums).map((sum) => 1 - Math.exp(-bend * sum))
}

/** @param rows members of the terrain @returns their fitness without noise, mean 0 and deviation 1 over them */
export function drawLandscape(terrain: Terrain, rows: ArrayLike<number>, random: Random): Float64Array {
  const { choiceVectors, figureVectors } = terrain
  const kinds = [
    () => smooth(figureVectors, 0.1, rows, random),
    () => smooth(choiceVectors, 0.2, rows, random),
    () => network(figureVectors, rows, random),
    () => saturatingSum(terrain, rows, random),
  ]
  const sum = new Float64Array(rows.length)
  shares(kinds.length, random).forEach((share, k) => {
    if (share < LEAST_SHARE) return
    const values = standard(kinds[k]!())
    for (let i = 0; i < sum.length; i++) sum[i]! += share * values[i]!
  })
  return standard(sum)
}
