import { describe, expect, it } from 'vitest'
import { createRandom, type Random } from './random'

const COUNT = 2000

/** Pearson correlation of two equally long lists. */
function correlation(xs: readonly number[], ys: readonly number[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
  const [mx, my] = [mean(xs), mean(ys)]
  const sum = (f: (x: number, y: number) => number): number =>
    xs.reduce((total, x, i) => total + f(x - mx, ys[i]! - my), 0)
  return sum((x, y) => x * y) / Math.sqrt(sum((x) => x * x) * sum((_, y) => y * y))
}

/** Largest gap between the empirical distribution and the uniform one (Kolmogorov-Smirnov). */
function distanceFromUniform(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return Math.max(
    ...sorted.map((value, i) =>
      Math.max(Math.abs(value - i / sorted.length), Math.abs(value - (i + 1) / sorted.length)),
    ),
  )
}

/** The KS statistic exceeds this with probability below 0.1 % when the draws are uniform. */
const KS_LIMIT = 1.95 / Math.sqrt(COUNT)
/** Four standard errors of a correlation of independent draws. */
const CORRELATION_LIMIT = 4 / Math.sqrt(COUNT)

const families: readonly [string, (index: number) => Random][] = [
  ['consecutive seeds', (index) => createRandom(index)],
  ['consecutive negative seeds', (index) => createRandom(-index - 1)],
  ['forks by number', (index) => createRandom(1).fork(index)],
  ['forks by label', (index) => createRandom(7).fork(`reconstruct-${Math.floor(index / 30)}-${index % 30}`)],
  ['the same fork of consecutive seeds', (index) => createRandom(index).fork('initial')],
]

describe.each(families)('streams of %s', (_name, stream) => {
  const draws = Array.from({ length: COUNT }, (_, index) => {
    const random = stream(index)
    return Array.from({ length: 4 }, () => random.next())
  })
  const column = (position: number): number[] => draws.map((row) => row[position]!)

  it('are uniform at each position', () => {
    for (let position = 0; position < 4; position++)
      expect(distanceFromUniform(column(position))).toBeLessThan(KS_LIMIT)
  })

  it('do not depend on the draw before, nor on the neighbouring stream', () => {
    for (let position = 1; position < 4; position++) {
      expect(Math.abs(correlation(column(position - 1), column(position)))).toBeLessThan(CORRELATION_LIMIT)
    }
    expect(Math.abs(correlation(column(0).slice(1), column(0).slice(0, -1)))).toBeLessThan(CORRELATION_LIMIT)
  })
})

describe('a seeded stream', () => {
  it('is the same for the same seed, and a fork does not depend on what was drawn', () => {
    const first = createRandom(42)
    const second = createRandom(42)
    first.next()
    expect(first.fork('a').next()).toBe(second.fork('a').next())
    expect(second.fork('a').next()).not.toBe(second.fork('b').next())
  })

  it('draws integers over the whole range and shuffles without loss', () => {
    const random = createRandom(3)
    const seen = new Set(Array.from({ length: 500 }, () => random.integer(7)))
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5, 6])
    expect(random.shuffle([1, 2, 3, 4, 5]).sort()).toEqual([1, 2, 3, 4, 5])
    expect(() => random.choice([])).toThrow(RangeError)
  })
})

describe('shuffling in place', () => {
  it('draws as a shuffled copy does, also for typed arrays', () => {
    const items = Array.from({ length: 50 }, (_, i) => i)
    const copy = createRandom(7).shuffle(items)
    const here = [...items]
    expect(createRandom(7).shuffleInPlace(here)).toBe(here)
    expect(here).toEqual(copy)
    expect([...createRandom(7).shuffleInPlace(Int32Array.from(items))]).toEqual(copy)
  })
})
