import { describe, expect, it } from 'vitest'
import { objectiveSchema } from './schema'
import { limitsOf, objectivesOf, scoreOf } from './score'
import { bestOf, frontAmong } from './winners'

const trial = (fitness: number | null, parameters: number, costs: Record<string, number> = {}) => ({
  fitness,
  parameters,
  macs: 10 * parameters,
  costs,
})
const weighted = objectiveSchema.parse({ kind: 'weighted', costs: ['parameters'], weights: [0.01] })
const pareto = objectiveSchema.parse({ kind: 'pareto', costs: ['parameters', 'latency'] })

describe('one figure', () => {
  it('takes the price of a doubling off the fitness', () => {
    expect((scoreOf(weighted, trial(0.9, 1000)) ?? 0) - (scoreOf(weighted, trial(0.9, 2000)) ?? 0)).toBeCloseTo(
      0.01,
      12,
    )
  })

  it('is unknown without a fitness, and with a cost that is missing or nothing', () => {
    expect(scoreOf(weighted, trial(null, 1000))).toBeUndefined()
    expect(scoreOf(weighted, trial(0.9, 0))).toBeUndefined()
    expect(scoreOf({ kind: 'weighted', costs: ['latency'], weights: [1] }, trial(0.9, 1000))).toBeUndefined()
  })

  it('puts the earlier of equals first', () => {
    const trials = [trial(0.8, 1000), trial(0.9, 1_024_000), trial(0.8, 1000)]
    expect(bestOf(weighted, trials)).toBe(trials[0])
    expect(bestOf({ kind: 'fitness' }, trials)).toBe(trials[1])
  })
})

describe('several figures', () => {
  it('turn the sign of costs, and need all of them', () => {
    expect(objectivesOf(pareto, trial(0.9, 1000, { latency: 2 }))).toEqual([0.9, -1000, -2])
    expect(objectivesOf(pareto, trial(0.9, 1000))).toBeUndefined()
    expect(objectivesOf({ kind: 'fitness' }, trial(0.9, 1000))).toBeUndefined()
  })

  it('take a column of the table before a figure of the network of the same name', () => {
    const own = objectiveSchema.parse({ kind: 'pareto', costs: ['macs'] })
    expect(objectivesOf(own, trial(0.9, 1000, { macs: 3 }))).toEqual([0.9, -3])
  })

  it('leave a front, best fitness first', () => {
    const trials = [
      trial(0.7, 1000, { latency: 5 }),
      trial(0.9, 3000, { latency: 9 }),
      trial(0.6, 1000, { latency: 6 }),
      trial(0.95, 3000, {}),
    ]
    expect(frontAmong(pareto, trials)?.trials).toEqual([trials[1], trials[0]])
    expect(frontAmong({ kind: 'fitness' }, trials)).toBeNull()
  })
})

it('takes the lower of a target’s limit and the single one', () => {
  const none = { parameters: null, macs: null, weightsBytes: null, trainingBytes: null }
  expect(limitsOf({ ...none, target: 'none' })).toEqual({})
  expect(limitsOf({ ...none, target: 'microcontroller', macs: 5e6, parameters: 7 })).toEqual({
    parameters: 7,
    macs: 5e6,
    weightsBytes: 256_000,
  })
  expect(limitsOf({ ...none, target: 'microcontroller', macs: 5e9 })).toMatchObject({ macs: 30e6 })
})
