// The rule of successive halving alone: who is promoted when, and that a stored run can be held against it.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runDefinitionSchema } from './run'
import {
  expectedShare,
  halvingOf,
  isHeld,
  promotable,
  rungsText,
  targetOf,
  wrongPromotion,
  type Halving,
} from './rungs'
import { WHOLE, type Rung } from './trial-fidelity'
import type { Trial } from './trial'

const definition = (fidelity: object, epochs = 18) =>
  runDefinitionSchema.parse({ name: 'x', fidelity, recipe: { epochs } })
const halving = (fidelity: object, epochs?: number): Halving => halvingOf(definition(fidelity, epochs))!

type Laddered = Pick<Trial, 'number' | 'state' | 'fidelity' | 'origin'>
const ORIGIN: Trial['origin'] = {
  operator: 'random',
  parents: [],
  crossover: false,
  mutation: false,
  reconstructed: [],
}
const trial = (number: number, rungs: readonly Rung[], state: Trial['state'] = 'waiting'): Laddered => ({
  number,
  state,
  fidelity: { ...WHOLE, rungs: [...rungs] },
  origin: ORIGIN,
})
const rung = (epochs: number, fitness: number, place: number, promotedAmong: number | null = null): Rung => ({
  ...{ epochs, fitness, place, promotedAmong },
})

describe('rungs', () => {
  it('are each so many times the one before, the last the whole training', () => {
    expect(halving({ firstRung: 2 }).epochs).toEqual([2, 6, 18])
    expect(halving({ firstRung: 1, reduction: 4 }).epochs).toEqual([1, 4, 16, 18])
    expect(rungsText(halving({ firstRung: 2 }))).toBe('2, 6 and 18 epochs')
  })

  it('are none where a search does not ask for them, or what it trains has no others beside it', () => {
    expect(halvingOf(definition({}))).toBeNull()
    expect(halvingOf(definition({ firstRung: 18 }))).toBeNull()
    expect(halvingOf({ ...definition({ firstRung: 2 }), evaluator: { kind: 'table' } })).toBeNull()
  })

  it('take a share of all epochs that is told before', () => {
    // 2 of all, 4 of a third, 12 of a ninth: 4.67 of 18.
    expect(expectedShare(halving({ firstRung: 2 }))).toBeCloseTo((2 + 4 / 3 + 12 / 9) / 18, 12)
    expect(expectedShare(null)).toBe(1)
  })
})

describe('a promotion', () => {
  const ladder = halving({ firstRung: 2 })

  it('comes when a rung has as many as one of whom goes on, and goes to the best', () => {
    const two = [trial(1, [rung(2, 0.3, 1)]), trial(2, [rung(2, 0.5, 2)])]
    expect(promotable(ladder, two)).toBeUndefined()
    const three = [...two, trial(3, [rung(2, 0.4, 3)])]
    expect(promotable(ladder, three)?.number).toBe(2)
    expect(targetOf(ladder, trial(2, [rung(2, 0.5, 2, 3)]))).toBe(6)
    expect(targetOf(ladder, trial(4, []))).toBe(2)
  })

  it('counts what has ended, and promotes nothing that has', () => {
    const trials = [1, 2, 3, 4, 5].map((number) => trial(number, [rung(2, number / 10, number)], 'finished'))
    expect(promotable(ladder, [...trials, trial(6, [rung(2, 0.35, 6)])])).toBeUndefined()
    expect(promotable(ladder, [...trials, trial(6, [rung(2, 0.45, 6)])])?.number).toBe(6)
  })

  it('comes from the highest rung first', () => {
    const upper = [1, 2, 3].map((number) => trial(number, [rung(2, 0.9, number, 9), rung(6, number / 10, number)]))
    const lower = [4, 5, 6].map((number) => trial(number, [rung(2, 0.95, number)]))
    expect(promotable(ladder, [...upper, ...lower])?.number).toBe(3)
  })

  it('is always one by what was known then, in whatever order trials reach their rungs', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 40 }), (values) => {
        const trials: Laddered[] = []
        const reach = (one: Laddered): void => {
          const at = one.fidelity.rungs.length
          const epochs = targetOf(ladder, one)
          if (epochs === ladder.epochs.at(-1)) {
            trials[one.number - 1] = { ...one, state: 'finished' }
            return
          }
          const place = 1 + trials.filter(({ fidelity }) => fidelity.rungs.length > at).length
          const fitness = Math.min(1, values[one.number - 1]! + 0.1 * at)
          trials[one.number - 1] = trial(one.number, [...one.fidelity.rungs, rung(epochs, fitness, place)])
        }
        for (const [index] of values.entries()) {
          trials.push(trial(index + 1, []))
          reach(trials[index]!)
          for (let next = promotable(ladder, trials); next !== undefined; next = promotable(ladder, trials)) {
            const at = next.fidelity.rungs.length
            const among = trials.filter(({ fidelity }) => fidelity.rungs.length >= at).length
            const rungs = next.fidelity.rungs.map((each, k) =>
              k === at - 1 ? { ...each, promotedAmong: among } : each,
            )
            reach(trial(next.number, rungs))
          }
        }
        expect(wrongPromotion(ladder, trials)).toBeNull()
        // Asynchronous: a later and better one may follow an earlier promotion, so there may be more than a third, never more than all.
        const promoted = trials.filter(({ fidelity }) => fidelity.rungs[0]!.promotedAmong !== null).length
        expect(promoted).toBeGreaterThanOrEqual(Math.floor(values.length / 3))
      }),
      { numRuns: 60 },
    )
  })

  it('that the rule did not allow is found', () => {
    const trials = [1, 2, 3].map((number) => trial(number, [rung(2, number / 10, number, number === 1 ? 3 : null)]))
    expect(wrongPromotion(ladder, trials)).toMatchObject({ trial: { number: 1 }, rung: 0, rank: 3, among: 3 })
    expect(isHeld(trials[0]!)).toBe(false)
    expect(isHeld(trials[1]!)).toBe(true)
  })
})
