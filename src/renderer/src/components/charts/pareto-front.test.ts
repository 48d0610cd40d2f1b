import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sampleTrial } from '@/testing/samples'
import type { Trial } from '@shared/search/trial'
import { PARAMETERS } from './cost'
import { frontOfRun, paretoFront } from './pareto-front'

const size = ({ parameters }: Trial): number => parameters ?? 0
const beats = (a: Trial, b: Trial): boolean =>
  size(a) <= size(b) &&
  (a.fitness ?? 0) >= (b.fitness ?? 0) &&
  (size(a) < size(b) || (a.fitness ?? 0) > (b.fitness ?? 0))

const trials = fc
  .array(
    fc.record({
      parameters: fc.integer({ min: 1, max: 12 }),
      fitness: fc.option(
        fc.integer({ min: 0, max: 9 }).map((tenth) => tenth / 10),
        { nil: null },
      ),
    }),
    { maxLength: 40 },
  )
  .map((list) => list.map((changes, index) => sampleTrial(index + 1, changes)))

describe('Pareto front', () => {
  it('holds exactly one of each trade-off that no trial beats, cheapest first', () => {
    fc.assert(
      fc.property(trials, (list) => {
        const front = paretoFront(list)
        const finished = list.filter((trial) => trial.fitness !== null)
        const pairs = (some: readonly Trial[]): string[] =>
          [...new Set(some.map((trial) => `${trial.parameters}/${trial.fitness}`))].sort()
        const expected = finished.filter((trial) => !finished.some((other) => beats(other, trial)))
        expect(pairs(front)).toEqual(pairs(expected))
        expect(front.length).toBe(pairs(front).length)
        expect(front.map(size)).toEqual(front.map(size).sort((a, b) => a - b))
      }),
    )
  })

  it('keeps the earliest of equals', () => {
    const equal = { parameters: 5, fitness: 0.5 }
    expect(paretoFront([sampleTrial(2, equal), sampleTrial(1, equal)]).map((trial) => trial.number)).toEqual([1])
  })
})

it('of a run with objectives of its own is the one that the run has, whatever two of them would make of it', () => {
  const beaten = sampleTrial(1, { parameters: 9, fitness: 0.1 })
  const cheap = sampleTrial(2, { parameters: 5, fitness: 0.5 })
  const other = sampleTrial(3, { parameters: 7, fitness: 0.4 })
  // The third objective, which is not drawn, is what keeps the first on the front.
  const front = frontOfRun([beaten, cheap, other], [beaten.id, cheap.id], PARAMETERS)
  expect(front.map(({ number }) => number)).toEqual([2, 1])
})
