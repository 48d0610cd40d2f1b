// What of a run is learned from: results of the same fidelity alone, whatever else the run has.
import { describe, expect, it } from 'vitest'
import { definition } from '../testing/run-fixtures'
import { WHOLE, type TrialFidelity } from '@shared/search/trial-fidelity'
import type { Origin } from '@shared/search/trial'
import { comparableResults } from './comparable-results'

const ORIGIN: Origin = { operator: 'random', parents: [], crossover: false, mutation: false, reconstructed: [] }

interface Change {
  readonly key?: string
  readonly fidelity?: Partial<TrialFidelity>
  readonly confirms?: { readonly trialId: number; readonly seed: number }
}
function trial(number: number, fitness: number | null, { key = `k${number}`, fidelity = {}, confirms }: Change = {}) {
  return {
    ...{ id: 100 + number, number, genotype: { space: 'toy', digits: [number] }, fitness, evaluationKey: key },
    state: fitness === null ? ('failed' as const) : ('finished' as const),
    origin: confirms === undefined ? ORIGIN : { ...ORIGIN, operator: 'confirmation' as const, confirms },
    fidelity: { ...WHOLE, ...fidelity },
  }
}
const rung = (epochs: number, fitness: number, promotedAmong: number | null = null) => ({
  ...{ epochs, fitness, place: 1, promotedAmong },
})
const shown = ({ results }: ReturnType<typeof comparableResults<ReturnType<typeof trial>>>) =>
  results.map(({ trial: { number }, fitness }) => [number, fitness])

describe('of a run of whole trainings', () => {
  const whole = definition({ recipe: { epochs: 9 } })

  it('every distinct evaluation has part once, failures none', () => {
    const found = comparableResults(whole, [trial(1, 0.5), trial(2, null), trial(3, 0.5, { key: 'k1' }), trial(4, 0.7)])
    expect(shown(found)).toEqual([
      [1, 0.5],
      [4, 0.7],
    ])
    expect(found).toMatchObject({ epochs: null, leftOut: [] })
  })

  it('confirmations are further seeds of what they confirm, and no architectures of their own', () => {
    const again = { key: 'k1/1', confirms: { trialId: 101, seed: 1 } }
    const found = comparableResults(whole, [trial(1, 0.5), trial(2, 0.6), trial(3, 0.3, again)])
    expect(shown(found)).toEqual([
      [1, 0.4],
      [2, 0.6],
    ])
  })

  it('what ended early or inherited weights is left out, and counted', () => {
    const found = comparableResults(whole, [
      trial(1, 0.5),
      trial(2, 0.2, { fidelity: { endedEarly: { epochs: 3, bound: 0.3 } } }),
      trial(3, 0.9, { fidelity: { inherited: { trialId: 101, arrays: 4, of: 6 } } }),
      // None of its arrays fitted: it began as the others did.
      trial(4, 0.6, { fidelity: { inherited: { trialId: 101, arrays: 0, of: 6 } } }),
    ])
    expect(shown(found)).toEqual([
      [1, 0.5],
      [4, 0.6],
    ])
    expect(found.leftOut).toEqual(['1 that ended early', '1 that began with weights of their parents'])
  })
})

describe('of a run in rungs', () => {
  const halved = definition({ recipe: { epochs: 9 }, fidelity: { firstRung: 1 } })

  it('all are compared where all were trained alike: at the first rung', () => {
    const found = comparableResults(halved, [
      trial(1, 0.9, { fidelity: { rungs: [rung(1, 0.3, 3), rung(3, 0.6, 3)] } }),
      trial(2, 0.4, { fidelity: { rungs: [rung(1, 0.4)] } }),
      trial(3, 0.5, { fidelity: { rungs: [rung(1, 0.2, 3)], endedEarly: { epochs: 2, bound: 0.6 } } }),
      trial(4, 0.1, { fidelity: { endedEarly: { epochs: 1, bound: 0.2 } } }),
      trial(5, 0.8, { key: 'k1/1', confirms: { trialId: 101, seed: 1 } }),
    ])
    expect(shown(found)).toEqual([
      [1, 0.3],
      [2, 0.4],
      [3, 0.2],
    ])
    expect(found.epochs).toBe(1)
    expect(found.leftOut).toEqual(['1 that ended early', '1 that were trained whole to confirm others'])
  })
})
