// A space as terrain for landscapes: some hundred of its members with all their distances, coordinates and vectors, made once and used
// for thousands of landscapes.
import { operationKey } from '../../../language/graphs/operation'
import { normals } from '../../../normal'
import type { Random } from '../../../random'
import type { Features } from '../../../spaces/features'
import { CHOICE_SCALE, PointMaker, choicesAndWays, figureDistance } from '../../points'
import { locator } from '../adviser'
import { COORDINATES } from '../task'

/** Vectors of all members, row by row. */
export interface Vectors {
  readonly width: number
  readonly data: Float32Array
}

export interface Terrain {
  readonly size: number
  /** Squared, size x size. */
  readonly choices: Float32Array
  readonly figures: Float32Array
  /** Size x `COORDINATES`. */
  readonly coordinates: Float32Array
  /** Choices as one-hot and counts of ways; descriptors. Distances between them are those above, or nearly. */
  readonly choiceVectors: Vectors
  readonly figureVectors: Vectors
}

/** Kinds of way beyond so many are mixed into as many columns as this, which keeps distances about as they were. */
const MOST_WAYS = 96

export function terrainOf(members: readonly Features[], random: Random): Terrain {
  const maker = new PointMaker(members)
  const points = members.map((features) => maker.point(features))
  const size = points.length
  const terrain: Terrain = {
    size,
    choices: new Float32Array(size * size),
    figures: new Float32Array(size * size),
    coordinates: new Float32Array(size * COORDINATES),
    choiceVectors: choiceVectors(members, random),
    figureVectors: rowsAsVectors(points.map(({ figures }) => figures)),
  }
  const locate = locator(points)
  points.forEach((a, i) => {
    terrain.coordinates.set(locate(a), i * COORDINATES)
    for (let j = 0; j < i; j++) {
      const b = points[j]!
      terrain.choices[i * size + j] = terrain.choices[j * size + i] = choicesAndWays(a, b)
      terrain.figures[i * size + j] = terrain.figures[j * size + i] = figureDistance(a, b)
    }
  })
  return terrain
}

function rowsAsVectors(rows: readonly ArrayLike<number>[]): Vectors {
  const width = rows[0]?.length ?? 0
  const data = new Float32Array(rows.length * width)
  rows.forEach((row, i) => data.set(row, i * width))
  return { width, data }
}

function choiceVectors(members: readonly Features[], random: Random): Vectors {
  const columns = new Map<string, number>()
  const ways = new Map<string, number>()
  const numberOf = (known: Map<string, number>, key: string): number => {
    const number = known.get(key) ?? known.size
    known.set(key, number)
    return number
  }
  const rows = members.map(({ choices, paths }) => ({
    choices: choices.map((choice, position) => numberOf(columns, `${position}:${choice}`)),
    ways: paths.map((path) => numberOf(ways, path.map(operationKey).join('>'))),
  }))
  const isMixed = ways.size > MOST_WAYS
  const wayWidth = isMixed ? MOST_WAYS : ways.size
  const mixing = isMixed ? normals(ways.size * wayWidth, random).map((value) => value / Math.sqrt(wayWidth)) : undefined
  const width = columns.size + wayWidth
  const data = new Float32Array(rows.length * width)
  rows.forEach((row, i) => {
    const start = i * width
    for (const column of row.choices) data[start + column] = CHOICE_SCALE
    for (const way of row.ways)
      if (mixing === undefined) data[start + columns.size + way]!++
      else for (let k = 0; k < wayWidth; k++) data[start + columns.size + k]! += mixing[way * wayWidth + k]!
  })
  return { width, data }
}
