import { describe, expect, it } from 'vitest'
import { settingProblems } from '@/stores/setting-problems'
import { definition } from '@/locales/en/definition'
import { units } from '@/locales/en/units'
import { runDefinitionSchema } from '@shared/search/run'
import { SETTINGS } from '@shared/search/setting-list'
import { GROUPS, groupedSettings } from './settings'

describe('the settings of the form', () => {
  const textAt = (path: string): unknown =>
    path
      .split('.')
      .reduce<unknown>(
        (node, key) => (typeof node === 'object' && node !== null ? (node as Record<string, unknown>)[key] : undefined),
        definition.definition,
      )

  it.each(SETTINGS.map(({ path }) => path))('%s has a label, and a word for what it may leave empty', (path) => {
    expect(textAt(`settings.${path}.label`)).toEqual(expect.any(String))
    const { isNullable, kind } = SETTINGS.find((setting) => setting.path === path)!
    if (isNullable && kind === 'number') expect(textAt(`settings.${path}.empty`)).toEqual(expect.any(String))
  })

  it.each(SETTINGS.flatMap(({ choices }) => choices.map(({ value }) => value)))('%s has a name', (choice) => {
    expect(Object.keys(definition.definition.choices)).toContain(choice)
  })

  it.each([...new Set(SETTINGS.flatMap(({ unit }) => unit ?? []))])('the unit %s has a name', (unit) => {
    expect(Object.keys(units.units.names)).toContain(unit)
  })

  it('stand under every heading, those of the chosen strategy alone', () => {
    const shown = (name: string) =>
      groupedSettings(
        (path) => (path === 'strategy.name' ? name : undefined),
        () => true,
      )
    expect(shown('ga').map(({ group }) => group)).toEqual(GROUPS)
    const own = (name: string) =>
      shown(name).flatMap(({ settings }) =>
        settings.flatMap(({ path }) => (path.startsWith('strategy.') ? [path] : [])),
      )
    expect(own('ga')).toEqual(['strategy.name', 'strategy.crossoverRate', 'strategy.mutationRate'])
    expect(own('random')).toEqual(['strategy.name'])
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
        strategy: { name: 'ga', crossoverRate: 1.2 },
        maxEvaluations: 0,
        space: { blocks: [] },
        recipe: { epochs: null, learningRate: 0, milestones: [0.5, null] },
      }),
    ).toEqual({
      name: { key: 'tooShort' },
      populationSize: { key: 'tooSmall', limit: 1 },
      generations: { key: 'notWhole' },
      'strategy.crossoverRate': { key: 'tooBig', limit: 1 },
      maxEvaluations: { key: 'tooSmall', limit: 1 },
      'space.blocks': { key: 'tooFew' },
      'recipe.epochs': { key: 'notNumber' },
      'recipe.learningRate': { key: 'moreThan', limit: 0 },
      'recipe.milestones': { key: 'notNumber' },
    })
  })

  it('are none for a sound definition', () => expect(problems({ name: 'x' })).toEqual({}))
})
