// Older forms of a definition, and that the newest is left alone.
import { describe, expect, it } from 'vitest'
import { STRATEGIES } from '../strategies/registry'
import { upgradeDefinition } from './old-definitions'
import { runDefinitionSchema } from './run'
import { halvingOf } from './rungs'

const strategyOf = (definition: unknown) => runDefinitionSchema.parse(definition).strategy

describe('a definition in which the strategy is a name alone', () => {
  it('opens, and rates beside it become the strategy’s own', () => {
    const old = { name: 'x', strategy: 'gpt-nas', crossoverRate: 0.8, mutationRate: 0.2, eliminationRate: 0.1 }
    const own = { crossoverRate: 0.8, mutationRate: 0.2, eliminationRate: 0.1 }
    // What came later has its default.
    expect(strategyOf(old)).toMatchObject({ name: 'gpt-nas:paper', ...own })
    expect(upgradeDefinition(old)).toEqual({
      name: 'x',
      strategy: { name: 'gpt-nas:paper', ...own, proposer: 'paper-1' },
    })
  })

  it('had a default for it, and rates that its strategy did not look at', () => {
    expect(strategyOf({ name: 'x', mutationRate: 0.2 })).toMatchObject({ name: 'gpt-nas:paper', mutationRate: 0.2 })
    expect(strategyOf({ name: 'x', strategy: 'random', mutationRate: 0.2 })).toEqual({ name: 'random' })
  })

  it('is refused with its path where a rate is wrong, or there is no such strategy', () => {
    const issues = (definition: unknown) => runDefinitionSchema.safeParse(definition).error?.issues
    expect(issues({ name: 'x', strategy: 'ga', mutationRate: 2 })?.[0]?.path).toEqual(['strategy', 'mutationRate'])
    const [unknown] = issues({ name: 'x', strategy: 'gradient' }) ?? []
    expect(unknown?.path).toEqual(['strategy', 'name'])
    for (const { name } of STRATEGIES) expect(unknown?.message).toContain(name)
  })
})

describe('a definition that says gpt-nas', () => {
  it('means the published one where it holds rates, as every stored run of then does', () => {
    const rates = { crossoverRate: 0.9, mutationRate: 0.3, eliminationRate: 0.4 }
    expect(strategyOf({ name: 'x', strategy: { name: 'gpt-nas', ...rates } })).toMatchObject({
      name: 'gpt-nas:paper',
      ...rates,
    })
    expect(strategyOf({ name: 'x', strategy: { name: 'gpt-nas' } }).name).toBe('gpt-nas')
    expect(strategyOf({ name: 'x', strategy: 'gpt-nas' }).name).toBe('gpt-nas')
  })
})

describe('a stored run of the published method before there was a second checkpoint', () => {
  const own = { name: 'gpt-nas:paper', crossoverRate: 0.9, mutationRate: 0.3, eliminationRate: 0.4, temperature: 1 }

  it('goes on with the one that there was; a file, or a newer run, has its own', () => {
    expect(strategyOf({ name: 'x', strategy: own })).toEqual({ ...own, proposer: 'paper-1' })
    const { temperature: _, ...older } = own
    expect(strategyOf({ name: 'x', strategy: older })).toMatchObject({ proposer: 'paper-1' })
    expect(strategyOf({ name: 'x', strategy: { name: own.name, temperature: 2 } })).toMatchObject({
      proposer: 'paper-2',
    })
    const newer = { ...own, proposer: 'paper-2' }
    expect(strategyOf({ name: 'x', strategy: newer })).toEqual(newer)
  })
})

describe('a stored run of gpt-nas before it had a learner', () => {
  const own = { name: 'gpt-nas', firstPicks: 4, randomAfter: 2, randomFirst: 10, candidates: 1600 }

  it('goes on with the Gaussian process alone', () => {
    expect(strategyOf({ name: 'x', strategy: own })).toEqual({
      ...own,
      checkpoint: '',
      surrogate: 'gaussian-process',
      chains: 'none',
      bounded: false,
      prior: false,
      questions: 1_000_000,
      liveChoices: false,
    })
  })

  it('is told from a file with some of the parameters, and from a newer run', () => {
    expect(strategyOf({ name: 'x', strategy: { name: 'gpt-nas', candidates: 200 } })).toMatchObject({
      surrogate: 'both',
    })
    const newer = {
      ...own,
      checkpoint: '',
      surrogate: 'both',
      chains: 'chains-1',
      bounded: true,
      prior: true,
      questions: 6000,
      liveChoices: true,
    }
    expect(strategyOf({ name: 'x', strategy: newer })).toEqual(newer)
  })
})

describe('a stored run of gpt-nas before its surrogate expected anything', () => {
  const own = { name: 'gpt-nas', firstPicks: 4, randomAfter: 2, randomFirst: 10, candidates: 1600, surrogate: 'both' }

  it('goes on without, and asks its learner about all candidates', () => {
    const then = { ...own, checkpoint: '', bounded: true }
    expect(strategyOf({ name: 'x', strategy: then })).toEqual({
      ...then,
      chains: 'none',
      prior: false,
      questions: 1_000_000,
      liveChoices: false,
    })
    expect(strategyOf({ name: 'x', strategy: { name: 'gpt-nas', bounded: true } })).toMatchObject({
      ...{ prior: true, questions: 6000, firstPicks: 2, randomAfter: 0 },
    })
  })
})

describe('a stored run of before a surrogate had bounds', () => {
  it.each([
    { name: 'gp-ei', randomFirst: 10, candidates: 1000 },
    { name: 'gpt-nas', firstPicks: 4, randomAfter: 2, randomFirst: 10, candidates: 1600, surrogate: 'both' },
  ])('goes on reading every result: $name', (own) => {
    expect(strategyOf({ name: 'x', strategy: own })).toMatchObject({ ...own, bounded: false })
    expect(strategyOf({ name: 'x', strategy: { ...own, bounded: true } })).toMatchObject({ ...own, bounded: true })
    expect(strategyOf({ name: 'x', strategy: { name: own.name, candidates: 200 } })).toMatchObject({ bounded: true })
  })
})

describe('a stored run of before dead choices were read as none', () => {
  it.each([
    { name: 'gp-ei', randomFirst: 10, candidates: 1000, bounded: true },
    { name: 'gpt-nas', firstPicks: 2, randomAfter: 0, randomFirst: 10, candidates: 1600, prior: true },
  ])('goes on telling them apart: $name', (own) => {
    expect(strategyOf({ name: 'x', strategy: own })).toMatchObject({ ...own, liveChoices: false })
    expect(strategyOf({ name: 'x', strategy: { ...own, liveChoices: true } })).toMatchObject({ liveChoices: true })
    expect(strategyOf({ name: 'x', strategy: { name: own.name, candidates: 200 } })).toMatchObject({
      liveChoices: true,
    })
  })
})

describe('a stored run of gpt-nas before there was a judge of chains', () => {
  const own = { name: 'gpt-nas', firstPicks: 4, randomAfter: 2, randomFirst: 10, candidates: 1600 }
  const then = { ...own, checkpoint: '', surrogate: 'both', bounded: true }

  it('goes on without one; a file, or a newer run, has its own', () => {
    expect(strategyOf({ name: 'x', strategy: then })).toEqual({
      ...then,
      ...{ chains: 'none', prior: false, questions: 1_000_000, liveChoices: false },
    })
    expect(strategyOf({ name: 'x', strategy: { name: 'gpt-nas', candidates: 200 } })).toMatchObject({
      chains: 'chains-1',
    })
    const newer = { ...then, chains: 'chains-1', prior: true, questions: 6000, liveChoices: true }
    expect(strategyOf({ name: 'x', strategy: newer })).toEqual(newer)
  })
})

describe('a definition of one architecture beside a space', () => {
  it('is one whose space is that architecture', () => {
    const architecture = { format: 'gptnas-architecture/1', records: {} }
    const old = { name: 'x', strategy: 'random', space: { minBlocks: 2 }, architecture }
    expect(upgradeDefinition(old)).toEqual({
      name: 'x',
      strategy: { name: 'random' },
      space: { kind: 'single', architecture },
    })
    expect(runDefinitionSchema.parse(old).space).toEqual({ kind: 'single', architecture })
  })
})

describe('a definition that limits trials', () => {
  it('is one that limits evaluations', () => {
    const old = { name: 'x', strategy: { name: 'ga' }, maxTrials: 12 }
    expect(upgradeDefinition(old)).toEqual({ name: 'x', strategy: { name: 'ga' }, maxEvaluations: 12 })
    expect(runDefinitionSchema.parse({ ...old, maxTrials: null }).maxEvaluations).toBeNull()
  })
})

describe('a definition in its newest form', () => {
  it('is left as it is, with what does not belong there', () => {
    const newest = { name: 'x', strategy: { name: 'ga', mutationRate: 0.2 }, crossoverRate: 0.8 }
    expect(upgradeDefinition(newest)).toBe(newest)
    const parsed = runDefinitionSchema.parse(newest)
    expect(runDefinitionSchema.parse(parsed)).toEqual(parsed)
  })

  it.each([null, 7, 'text', [1]])('is no %j', (value) => {
    expect(upgradeDefinition(value)).toBe(value)
    expect(runDefinitionSchema.safeParse(value).success).toBe(false)
  })
})

describe('a definition in rungs of before they had fewer or smaller images', () => {
  it('has the rungs that it had', () => {
    const old = { name: 'x', recipe: { epochs: 18 }, fidelity: { firstRung: 2, reduction: 3 } }
    expect(halvingOf(runDefinitionSchema.parse(old))).toEqual({ epochs: [2, 6, 18], eta: 3 })
    expect(runDefinitionSchema.parse({ name: 'x' }).fidelity).toMatchObject({ firstImages: null, firstSide: null })
  })
})
