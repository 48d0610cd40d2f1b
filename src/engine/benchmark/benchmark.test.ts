// The parts of the benchmark that need no TensorFlow: what is tried, how a rate comes of marks, what is chosen.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Measurement } from '@shared/contract/devices'
import { AppError } from '@shared/errors'
import { choose } from './choose'
import { cpuArrangements, explore, type Measure } from './explore'
import { allBeyond, commonStart, rateBetween, type Mark } from './rate'

const GIGABYTE = 1e9

describe('the rate of computes at work together', () => {
  it('is that of the span in which all are beyond their first steps', () => {
    const early: Mark[] = [0, 100, 200, 300, 400, 500].map((at) => ({ at, steps: at / 100 }))
    const late: Mark[] = [250, 350, 450, 550].map((at, index) => ({ at, steps: index * 5 }))
    expect(commonStart([early, late], 3)).toBe(350)
    expect(commonStart([early, []], 3)).toBeNull()
    expect(allBeyond([early, late], 500)).toBe(true)
    expect(allBeyond([early, late], 501)).toBe(false)
    // 10 steps a second of one, 50 of the other.
    expect(rateBetween([early, late], 350, 500)).toBeCloseTo(60)
    expect(() => rateBetween([early, late], 350, 560)).toThrow(RangeError)
  })

  it('is exact for computes that work evenly, wherever they tell of themselves', () => {
    const compute = fc.record({
      rate: fc.double({ min: 0.5, max: 200, noNaN: true }),
      gaps: fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 5, maxLength: 40 }),
    })
    fc.assert(
      fc.property(fc.array(compute, { minLength: 1, maxLength: 4 }), (computes) => {
        const all = computes.map(({ rate, gaps }) => {
          let at = 0
          return gaps.map((gap): Mark => ({ at: (at += gap), steps: (rate * at) / 1000 }))
        })
        const from = Math.max(...all.map((marks) => marks[0]!.at))
        const to = Math.min(...all.map((marks) => marks[marks.length - 1]!.at))
        fc.pre(to > from)
        expect(rateBetween(all, from, to)).toBeCloseTo(
          computes.reduce((sum, { rate }) => sum + rate, 0),
          6,
        )
      }),
    )
  })
})

describe('arrangements of cores', () => {
  it.each([
    [1, 64, [[1, 1]]],
    [
      2,
      64,
      [
        [1, 2],
        [2, 1],
      ],
    ],
    [
      6,
      64,
      [
        [1, 6],
        [2, 3],
        [4, 1],
        [6, 1],
      ],
    ],
    [
      16,
      64,
      [
        [1, 16],
        [2, 8],
        [4, 4],
        [8, 2],
        [16, 1],
      ],
    ],
    [
      16,
      7,
      [
        [1, 16],
        [2, 8],
        [3, 5],
      ],
    ],
    [8, 1, [[1, 8]]],
  ])('of %d with %d GB are %j computes by threads', (cores, gigabytes, expected) => {
    const found = cpuArrangements({ cores, memoryBytes: gigabytes * GIGABYTE })
    expect(found.map((slots) => [slots.length, slots[0]!.threads])).toEqual(expected)
  })
})

/** Measures by a table: images a second of both networks by the number of slots; a text is a failure. */
function table(rates: Readonly<Record<number, readonly [number, number] | string>>, gpuBytes: number | null = null) {
  const tried: number[] = []
  const measure: Measure = (slots) => {
    tried.push(slots.length)
    const row = rates[slots.length]
    if (typeof row === 'string' || row === undefined)
      return Promise.reject(
        new AppError(row === 'cancelled' ? 'cancelled' : 'out-of-memory', row ?? 'not in the table'),
      )
    const names = ['small', 'middle']
    return Promise.resolve({
      gpuBytes,
      rates: row.map((imagesPerSecond, index) => ({ network: names[index]!, imagesPerSecond })),
    })
  }
  return { tried, measure }
}

async function measured(machine: Parameters<typeof explore>[0], measure: Measure): Promise<Measurement[]> {
  const found: Measurement[] = []
  for await (const step of explore(machine, measure)) if (step.type === 'measured') found.push(step.measurement)
  return found
}

const cores4 = { cores: 4, memoryBytes: 32 * GIGABYTE, gpus: [] }
const card = { id: 'GPU-1', name: 'Card', memoryBytes: 8 * GIGABYTE }
const withCard = { ...cores4, gpus: [card] }

describe('exploring a processor', () => {
  it('measures in turns and keeps the best of each', async () => {
    let call = 0
    const slow = [1, 1, 1, 0.5, 2, 1]
    const measure: Measure = (slots) => {
      const imagesPerSecond = 100 * slots.length * slow[call++]!
      return Promise.resolve({ gpuBytes: null, rates: [{ network: 'small', imagesPerSecond }] })
    }
    const found = await measured(cores4, measure)
    expect(found.map(({ slots, rates }) => [slots, rates[0]!.imagesPerSecond])).toEqual([
      [1, 100],
      [2, 400],
      [4, 400],
    ])
    expect(found.map(({ score }) => score)).toEqual([1, 4, 4])
    expect(choose(found).chosen).toEqual({ cpuSlots: 2, threadsPerSlot: 2, slotsPerGpu: null })
  })

  it('goes on without an arrangement that fails, and is over when nobody wants it any more', async () => {
    const { measure } = table({ 1: [10, 10], 2: 'does not fit', 4: [40, 10] })
    const found = await measured(cores4, measure)
    expect(found.map(({ problem }) => problem)).toEqual([null, 'does not fit', null])
    expect(found[2]!.score).toBeCloseTo(2)
    await expect(measured(cores4, table({ 1: 'cancelled' }).measure)).rejects.toMatchObject({ code: 'cancelled' })
    const broken = await measured(cores4, table({}).measure)
    expect(() => choose(broken)).toThrow(/not in the table/)
  })
})

describe('exploring a card', () => {
  it('adds computes until one more brings nothing', async () => {
    const { tried, measure } = table({ 1: [10, 10], 2: [18, 14], 3: [22, 17], 4: [22, 17], 5: [90, 90] })
    const found = await measured(withCard, measure)
    expect(tried).toEqual([1, 2, 3, 4])
    expect(choose(found).chosen).toEqual({ cpuSlots: null, threadsPerSlot: null, slotsPerGpu: 3 })
  })

  it('stops before the memory of the card is spent, and where a compute runs out of it', async () => {
    const rates = Object.fromEntries([1, 2, 3, 4, 5].map((n) => [n, [10 * n, 10 * n] as const]))
    const short = table(rates, 3 * GIGABYTE)
    await measured(withCard, short.measure)
    expect(short.tried).toEqual([1, 2])
    const failing = table({ ...rates, 3: 'out of memory on the card' })
    const found = await measured(withCard, failing.measure)
    expect(failing.tried).toEqual([1, 2, 3])
    expect(choose(found).chosen.slotsPerGpu).toBe(2)
  })

  it('never puts more than eight on one', async () => {
    const rates = Object.fromEntries(Array.from({ length: 12 }, (_, n) => [n + 1, [2 ** n, 2 ** n] as const]))
    const { tried, measure } = table(rates)
    await measured(withCard, measure)
    expect(tried).toHaveLength(8)
  })
})

describe('the choice', () => {
  const of = (slots: number, threads: number, score: number | null): Measurement => ({
    device: 'cpu',
    slots,
    threads,
    rates: score === null ? [] : [{ network: 'small', imagesPerSecond: 100 * score }],
    score,
    problem: score === null ? 'failed' : null,
  })

  it('is the fewest computes among those as good as the best, and says so with figures', () => {
    const { chosen, reason } = choose([of(1, 4, 1), of(2, 2, 1.96), of(4, 1, 2)])
    expect(chosen).toEqual({ cpuSlots: 2, threadsPerSlot: 2, slotsPerGpu: null })
    expect(reason).toBe(
      '2 computes with 2 threads each: 196 images/s (small). Relative to it: 1 compute with 4 threads 0.51; 4 computes with 1 thread each 1.02.',
    )
    expect(choose([of(1, 4, 1), of(2, 2, 1.8), of(4, 1, 2)]).chosen.cpuSlots).toBe(4)
  })
})
