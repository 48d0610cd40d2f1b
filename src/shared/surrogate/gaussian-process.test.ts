// The Gaussian process against its textbook formulas on a dense matrix, and the figures it is made of.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../random'
import { GrowingCholesky } from './cholesky'
import { expectedImprovement } from './expected-improvement'
import { GaussianProcess, type Grid } from './gaussian-process'
import { PointMaker, choiceDistance, figureDistance, type Point } from './points'
import type { Features } from '../spaces/features'
import { rankCorrelation } from './rank-correlation'
import { rankQuantiles } from './rank-quantiles'

/** Solves A x = b by elimination without pivots: another way than the one under test. */
function solve(matrix: readonly (readonly number[])[], vector: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, vector[i] ?? 0])
  const at = (row: number, column: number): number => rows[row]?.[column] ?? 0
  for (let pivot = 0; pivot < rows.length; pivot++)
    for (let row = 0; row < rows.length; row++) {
      if (row === pivot) continue
      const factor = at(row, pivot) / at(pivot, pivot)
      rows[row] = (rows[row] ?? []).map((value, column) => value - factor * at(pivot, column))
    }
  return rows.map((row, i) => (row[rows.length] ?? 0) / (row[i] ?? 1))
}

const SINGLE: Grid = { choiceScales: [2], ways: [false], figureScales: [1.5], noises: [0.1] }

function randomFeatures(count: number, seed: number): Features[] {
  const random = createRandom(seed)
  return Array.from({ length: count }, () => ({
    choices: Array.from({ length: 5 }, () => random.integer(4)),
    paths: [],
    figures: Array.from({ length: 3 }, () => random.next() * 10),
  }))
}

describe('a growing Cholesky factor', () => {
  it('solves as elimination does, whatever the order in which points come', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.integer(), (count, seed) => {
        const random = createRandom(seed)
        const features = Array.from({ length: count }, () => Array.from({ length: 4 }, () => random.next()))
        const dot = (a: readonly number[], b: readonly number[]): number =>
          a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0)
        const matrix = features.map((a, i) => features.map((b, j) => dot(a, b) + (i === j ? 0.5 : 0)))
        const factor = new GrowingCholesky()
        matrix.forEach((row, i) => factor.append(Float64Array.from(row), row[i] ?? 0))
        const vector = Array.from({ length: count }, () => random.next() - 0.5)
        const whitened = Float64Array.from(vector)
        factor.solveInPlace(whitened)
        const squares = whitened.reduce((sum, value) => sum + value * value, 0)
        expect(squares).toBeCloseTo(dot(vector, solve(matrix, vector)), 8)
      }),
    )
  })
})

describe('a Gaussian process that is told an opinion', () => {
  const members = randomFeatures(40, 7)
  const maker = new PointMaker(members)
  const points = members.map((member) => maker.point(member))
  const random = createRandom(9)
  const opinions = points.map(() => 2 * random.next() - 1)
  const known = points.slice(0, 25)
  const meansOf = (fitness: readonly number[], weights?: readonly number[]): number[] => {
    const process = new GaussianProcess(SINGLE)
    known.forEach((point, i) => process.add(point, fitness[i] ?? 0))
    process.fit({ beliefs: weights && { known: opinions.slice(0, known.length), weights } })
    return points.slice(known.length).map((point, i) => {
      const opinion = opinions[known.length + i] ?? 0
      const said = process.predictions({ ...process.distances(point), opinion })
      return said.reduce((sum, { weight, mean }) => sum + weight * mean, 0)
    })
  }
  const borneOut = opinions.slice(0, known.length)
  const refuted = borneOut.map((value) => -value)
  const others = opinions.slice(known.length)

  it('expects it where results bear it out', () => {
    const told = meansOf(borneOut, [0, 0.3, 0.6, 1])
    expect(rankCorrelation(told, others)).toBeGreaterThan(0.7)
    expect(Math.abs(rankCorrelation(meansOf(borneOut), others) ?? 1)).toBeLessThan(0.6)
  })

  it('lets results refute it, and where nothing of it counts says what it says without', () => {
    const refutedMeans = meansOf(refuted, [0, 0.3, 0.6, 1])
    meansOf(refuted).forEach((mean, i) => expect(refutedMeans[i]).toBeCloseTo(mean, 2))
    expect(meansOf(borneOut, [0])).toEqual(meansOf(borneOut))
  })
})

describe('the Gaussian process', () => {
  it('predicts what the textbook predicts', () => {
    const members = randomFeatures(12, 3)
    const maker = new PointMaker(members)
    const points = members.map((member) => maker.point(member))
    const known = points.slice(0, 9)
    const fitness = known.map((_, i) => Math.sin(i))
    const process = new GaussianProcess(SINGLE)
    known.forEach((point, i) => process.add(point, fitness[i] ?? 0))
    process.fit()

    const kernel = (a: Point, b: Point): number =>
      Math.exp(-0.5 * (choiceDistance(a, b) / 2 ** 2 + figureDistance(a, b) / 1.5 ** 2))
    const matrix = known.map((a, i) => known.map((b, j) => kernel(a, b) + (i === j ? 0.1 : 0)))
    const targets = [...rankQuantiles(fitness)]
    const mean = targets.reduce((sum, value) => sum + value, 0) / targets.length
    for (const query of points.slice(9)) {
      const covariances = known.map((point) => kernel(point, query))
      const dot = (values: readonly number[]): number =>
        values.reduce((sum, value, i) => sum + value * (covariances[i] ?? 0), 0)
      const [prediction] = process.predictions(process.distances(query))
      const centred = targets.map((value) => value - mean)
      expect(prediction?.mean).toBeCloseTo(mean + dot(solve(matrix, centred)), 8)
      expect(prediction?.deviation).toBeCloseTo(Math.sqrt(1 - dot(solve(matrix, covariances))), 8)
    }
  })

  it('chooses the scale that made the data', () => {
    // One figure decides; choices are noise.
    const figures = randomFeatures(60, 8).map((member) => member.figures?.[0] ?? 0)
    const members = randomFeatures(60, 9).map(({ choices }, i) => ({
      choices,
      paths: [],
      figures: [figures[i] ?? 0],
    }))
    const maker = new PointMaker(members)
    const process = new GaussianProcess()
    members.slice(0, 50).forEach((member, i) => process.add(maker.point(member), figures[i] ?? 0))
    process.fit()
    const unseen = members.slice(50).map((member, i) => ({
      truth: figures[50 + i] ?? 0,
      mean: process
        .predictions(process.distances(maker.point(member)))
        .reduce((sum, { weight, mean }) => sum + weight * mean, 0),
    }))
    const pairs = unseen.flatMap((a, i) => unseen.slice(i + 1).map((b) => (a.truth - b.truth) * (a.mean - b.mean) > 0))
    // Of 45 pairs; neighbours a hundredth of the range apart may swap.
    expect(pairs.filter(Boolean).length).toBeGreaterThanOrEqual(42)
  })

  it('weighs models that sum to one', () => {
    const members = randomFeatures(20, 5)
    const maker = new PointMaker(members)
    const process = new GaussianProcess()
    members.forEach((member, i) => process.add(maker.point(member), i % 7))
    process.fit()
    const [first] = members
    const predictions = first === undefined ? [] : process.predictions(process.distances(maker.point(first)))
    expect(predictions.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12)
  })
})

describe('rank quantiles', () => {
  it('are those of scipy.stats.norm.ppf, cut at one and ninety-nine per cent', () => {
    // norm.ppf((rank - 0.5) / 4) of scipy 1.14
    const expected = [-0.31863936396437514, 1.1503493803760079, -1.1503493803760079, 0.31863936396437514]
    rankQuantiles([3, 9, 1, 4]).forEach((value, i) => expect(value).toBeCloseTo(expected[i] ?? 0, 6))
    const many = rankQuantiles(Array.from({ length: 1000 }, (_, i) => i))
    expect(many[0]).toBeCloseTo(-2.3263478740408408, 6)
    expect(many[999]).toBeCloseTo(2.3263478740408408, 6)
  })
})

describe('expected improvement', () => {
  it('is the mean of what lies above the best, as integration over the density has it', () => {
    const mean = 0.3
    const deviation = 0.7
    const best = 0.8
    let integral = 0
    const step = 1e-4
    for (let x = best; x < mean + 10 * deviation; x += step) {
      const density = Math.exp(-0.5 * ((x - mean) / deviation) ** 2) / (deviation * Math.sqrt(2 * Math.PI))
      integral += (x - best) * density * step
    }
    expect(expectedImprovement([{ weight: 1, mean, deviation }], best)).toBeCloseTo(integral, 4)
  })

  it('averages over models', () => {
    const low = { weight: 0.25, mean: 0, deviation: 1 }
    const high = { weight: 0.75, mean: 1, deviation: 0.5 }
    const alone = (prediction: typeof low): number => expectedImprovement([{ ...prediction, weight: 1 }], 0.5)
    expect(expectedImprovement([low, high], 0.5)).toBeCloseTo(0.25 * alone(low) + 0.75 * alone(high), 12)
  })
})
