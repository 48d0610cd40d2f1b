// The list of settings against the schemas it is read off.
import { describe, expect, it } from 'vitest'
import { STRATEGIES } from '../strategies/registry'
import { newestDefinitionSchema, runDefinitionSchema } from './run'
import { isActive, SETTINGS, type Setting } from './setting-list'

/** Not for people to set. */
const FIXED = ['format', 'final']

function leaves(node: object, prefix = ''): string[] {
  return Object.entries(node).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? leaves(value, `${prefix}${key}.`)
      : [`${prefix}${key}`],
  )
}
function valueIn(node: unknown, path: string): unknown {
  for (const key of path.split('.'))
    node = typeof node === 'object' && node !== null ? (node as Record<string, unknown>)[key] : undefined
  return node
}
const one = (path: string): Setting => SETTINGS.find((setting) => setting.path === path)!

describe.each(STRATEGIES.map(({ name }) => name))('the settings of a run with the strategy %s', (name) => {
  const definition = runDefinitionSchema.parse({ name: 'x', strategy: { name } })
  const active = SETTINGS.filter((setting) => isActive(setting, (path) => valueIn(definition, path)))

  it('are the whole definition, once each', () => {
    const paths = active.map(({ path }) => path)
    expect(new Set(paths).size).toBe(paths.length)
    expect([...paths, ...FIXED].sort()).toEqual(leaves(definition).sort())
  })

  it('have the defaults that a definition gets, and a description', () => {
    for (const setting of active) {
      expect(setting.description).toMatch(/\.$/)
      const given = ['name', 'strategy.name'].includes(setting.path)
      if (!given) expect([setting.path, setting.default]).toEqual([setting.path, valueIn(definition, setting.path)])
    }
  })
})

describe('the list of settings', () => {
  it('takes ranges and choices from the schemas', () => {
    expect(one('populationSize')).toMatchObject({
      kind: 'number',
      min: 1,
      max: 1000,
      isInteger: true,
      isNullable: false,
    })
    expect(one('maxEvaluations')).toMatchObject({ min: 1, max: undefined, isInteger: true, isNullable: true })
    expect(one('seed')).toMatchObject({ min: undefined, max: undefined })
    expect(one('recipe.milestones').kind).toBe('numbers')
    expect(one('recipe.flip').kind).toBe('switch')
    expect(one('recipe.optimizer').choices.map(({ value }) => value)).toEqual(['sgd', 'adamw'])
    expect(one('strategy.name')).toMatchObject({ kind: 'choice', default: 'gpt-nas' })
    expect(one('strategy.name').choices.map(({ value }) => value)).toEqual(STRATEGIES.map(({ name }) => name))
  })

  it('offers the kinds of space that a form can fill, and knows what each of them has', () => {
    const kinds = one('space.kind').choices.map(({ value }) => value)
    expect(kinds).toEqual(['block-chain', 'nas-bench-101', 'nas-bench-201'])
    for (const kind of kinds) {
      const { space } = runDefinitionSchema.parse({ name: 'x', space: { kind } })
      const at = (path: string): unknown => (path === 'space.kind' ? kind : undefined)
      const active = SETTINGS.filter((setting) => setting.path.startsWith('space.') && isActive(setting, at))
      expect(active.map(({ path }) => path).sort()).toEqual(leaves(space, 'space.').sort())
    }
  })

  it('takes the first strategy where a definition names none', () => {
    const active = SETTINGS.filter((setting) => isActive(setting, () => undefined))
    expect(active.some(({ path }) => path === 'strategy.firstPicks')).toBe(true)
    expect(newestDefinitionSchema.parse({ name: 'x' }).strategy.name).toBe(one('strategy.name').default)
  })

  it('says that a default is the paper’s only where it is', () => {
    for (const path of ['populationSize', 'generations', 'strategy.crossoverRate', 'strategy.mutationRate'])
      expect(one(path).paper).toBe(one(path).default)
    for (const path of ['strategy.eliminationRate', 'recipe.epochs', 'space.minBlocks', 'space.maxBlocks'])
      expect(one(path).paper).toBe(one(path).default)
  })
})
