import { describe, expect, it } from 'vitest'
import { createRandom } from '../random'
import { LEAST_TAU, rankFidelity, rankFidelityLines } from './rank-fidelity'
import { runDefinitionSchema } from './run'
import type { Trial } from './trial'
import { WHOLE } from './trial-fidelity'

const ORIGIN: Trial['origin'] = {
  operator: 'random',
  parents: [],
  crossover: false,
  mutation: false,
  reconstructed: [],
}
const definition = (change: object = {}) => runDefinitionSchema.parse({ name: 'x', recipe: { epochs: 4 }, ...change })

/** @param at accuracy of a trial at an epoch */
function trials(
  count: number,
  at: (trial: number, epoch: number) => number,
  epochs: (trial: number) => number = () => 4,
) {
  return Array.from({ length: count }, (_, id) => ({
    id,
    state: 'finished' as const,
    reusedFrom: null,
    origin: ORIGIN,
    fitness: at(id, epochs(id)),
    fidelity: WHOLE,
    epochs: Array.from({ length: epochs(id) }, (__, index) => ({
      epoch: index + 1,
      learningRate: 0.1,
      trainLoss: 1,
      trainAccuracy: 0,
      validationLoss: 1,
      validationAccuracy: at(id, index + 1),
      seconds: 1,
    })),
  }))
}

describe('rank fidelity', () => {
  it('is one where curves never cross, and says how many pairs that is', () => {
    const found = rankFidelity(
      definition(),
      trials(10, (trial, epoch) => trial / 20 + epoch / 100),
    )
    expect(found.map(({ short, long }) => [short, long])).toEqual([
      [1, 4],
      [2, 4],
    ])
    for (const one of found)
      expect(one).toMatchObject({ tau: 1, pairs: 45, trials: 10, verdict: 'holds', isOfPromoted: false })
  })

  it('warns where the first epoch says nothing of the last', () => {
    const random = createRandom(4)
    const last = Array.from({ length: 30 }, () => random.next())
    const first = Array.from({ length: 30 }, () => random.next() / 10)
    const found = rankFidelity(
      definition(),
      trials(30, (trial, epoch) => (epoch < 4 ? first[trial]! : 0.2 + last[trial]!)),
    )
    expect(found[0]!.tau).toBeLessThan(LEAST_TAU)
    expect(found[0]!.verdict).toBe('fails')
    expect(rankFidelityLines(found).join('\n')).toMatch(/Warning: below 0.5[\s\S]*train longer, or confirm/)
  })

  it('says nothing of few trials, nor of one epoch', () => {
    expect(
      rankFidelity(
        definition(),
        trials(4, (trial) => trial / 10),
      ),
    ).toEqual([])
    expect(
      rankFidelity(
        definition(),
        trials(
          9,
          (trial) => trial / 10,
          () => 1,
        ),
      ),
    ).toEqual([])
    expect(rankFidelityLines([])).toEqual([])
  })

  it('compares each rung with the next, among what got so far', () => {
    const inRungs = definition({ recipe: { epochs: 4 }, fidelity: { firstRung: 1, reduction: 2 } })
    const found = rankFidelity(
      inRungs,
      trials(
        20,
        (trial, epoch) => trial / 40 + epoch / 100,
        (trial) => (trial < 10 ? 1 : trial < 14 ? 2 : 4),
      ),
    )
    expect(found.map(({ short, long, trials: count }) => [short, long, count])).toEqual([
      [1, 2, 10],
      [2, 4, 6],
    ])
    expect(found.every(({ isOfPromoted }) => isOfPromoted)).toBe(true)
  })

  it('takes final trainings that were tested', () => {
    const own = trials(6, (trial) => trial / 10)
    const finals = own.map(({ id }) => ({
      reported: 0.9 - id / 100,
      definition: { ...definition(), final: { of: { trialId: id } } } as unknown as ReturnType<typeof definition>,
    }))
    expect(rankFidelity(definition(), own, finals).at(-1)).toMatchObject({
      long: null,
      tau: -1,
      verdict: 'fails',
      trials: 6,
    })
    expect(rankFidelity(definition(), own, finals.slice(0, 4)).every(({ long }) => long !== null)).toBe(true)
  })

  it('holds rungs of fewer images against the next by what a trial had at each, though each has a curve of its own', () => {
    const reached = (place: number, fitness: number, promotedAmong: number | null) => ({
      ...{ epochs: 4, fitness, place, promotedAmong },
    })
    const own = trials(8, (trial) => trial / 10).map((trial, place) => ({
      ...trial,
      // The order at the first rung is the other way round; the last two were dropped there, one was broken off.
      fidelity: {
        ...WHOLE,
        rungs: [reached(place + 1, 0.9 - place / 10, place < 6 ? 8 : null)],
        ...(place === 5 && { brokenOff: true as const }),
      },
    }))
    const [found, ...others] = rankFidelity(definition({ fidelity: { firstImages: 0.25, firstSide: 0.5 } }), own)
    expect(others).toEqual([])
    expect(found).toMatchObject({ tau: -1, trials: 5, short: 4, long: 4, isOfPromoted: true, verdict: 'fails' })
    expect(rankFidelityLines([found!]).join('\n')).toContain(
      '4 epochs on 25 % of the images at 50 % of their side and 4 epochs: -1.00',
    )
  })
})
