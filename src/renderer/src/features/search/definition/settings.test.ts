import { describe, expect, it } from 'vitest'
import { runDefinitionSchema } from '@shared/search/run'
import { settingProblems } from '@/stores/setting-problems'
import { SETTINGS, settingRange } from './settings'

/** Paths of a definition that are not for people to set. */
const FIXED = ['format', 'space.kind']

function leaves(node: object, prefix = ''): string[] {
  return Object.entries(node).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? leaves(value, `${prefix}${key}.`)
      : [`${prefix}${key}`],
  )
}

describe('settings', () => {
  it('cover the whole definition, once each', () => {
    const paths = SETTINGS.map((setting) => setting.path)
    expect(new Set(paths).size).toBe(paths.length)
    expect([...paths, ...FIXED].sort()).toEqual(leaves(runDefinitionSchema.parse({ name: 'x' })).sort())
  })

  it('take their ranges from the schema', () => {
    expect(settingRange('populationSize')).toMatchObject({ min: 1, max: 1000, isInteger: true, isNullable: false })
    expect(settingRange('maxTrials')).toMatchObject({ min: 1, max: undefined, isInteger: true, isNullable: true })
    expect(settingRange('strategy').choices).toEqual(['gpt-nas', 'ga', 'random'])
    expect(settingRange('seed')).toMatchObject({ min: undefined, max: undefined })
    expect(() => settingRange('recipe.nothing')).toThrow('recipe.nothing')
  })

  it('show the paper’s values where the schema’s defaults are the paper’s', () => {
    const definition = runDefinitionSchema.parse({ name: 'x' })
    const paper = (path: string): unknown => SETTINGS.find((setting) => setting.path === path)?.paper
    expect(paper('populationSize')).toBe(definition.populationSize)
    expect(paper('generations')).toBe(definition.generations)
    expect(paper('crossoverRate')).toBe(definition.crossoverRate)
    expect(paper('mutationRate')).toBe(definition.mutationRate)
    expect(paper('eliminationRate')).toBe(definition.eliminationRate)
    expect(paper('recipe.epochs')).toBe(definition.recipe.epochs)
    expect(definition.space).toMatchObject({ minBlocks: paper('space.minBlocks'), maxBlocks: paper('space.maxBlocks') })
  })
})

describe('problems of a definition', () => {
  const problems = (definition: unknown) => {
    const parsed = runDefinitionSchema.safeParse(definition)
    return Object.fromEntries(settingProblems(parsed.error?.issues ?? []))
  }

  it('are told per setting', () => {
    expect(
      problems({
        name: '',
        populationSize: 0,
        generations: 2.5,
        crossoverRate: 1.2,
        maxTrials: 0,
        space: { blocks: [] },
        recipe: { epochs: null, learningRate: 0, milestones: [0.5, null] },
      }),
    ).toEqual({
      name: { key: 'tooShort' },
      populationSize: { key: 'tooSmall', limit: 1 },
      generations: { key: 'notWhole' },
      crossoverRate: { key: 'tooBig', limit: 1 },
      maxTrials: { key: 'tooSmall', limit: 1 },
      'space.blocks': { key: 'tooFew' },
      'recipe.epochs': { key: 'notNumber' },
      'recipe.learningRate': { key: 'moreThan', limit: 0 },
      'recipe.milestones': { key: 'notNumber' },
    })
  })

  it('are none for a sound definition', () => expect(problems({ name: 'x' })).toEqual({}))
})
