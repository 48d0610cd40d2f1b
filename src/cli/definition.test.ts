// What the command line makes of a file, a sample and single settings.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { PAPER } from '@shared/search/presets'
import { FIVE_MINUTES } from '@shared/search/samples'
import { STRATEGIES } from '@shared/strategies/registry'
import { readDefinition } from './definition'

function file(content: unknown): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'gptnas-definition-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const name = path.join(folder, 'search.json')
  writeFileSync(name, JSON.stringify(content))
  return name
}
const sample = (...set: string[]) => readDefinition({ sample: true, set })

it('changes single settings, in the order typed, and nothing else', () => {
  const { recipe } = FIVE_MINUTES.definition
  expect(sample('recipe.epochs=3', 'seed=7', 'name=7', 'recipe.milestones=[0.4]', 'seed=8')).toEqual({
    ...FIVE_MINUTES.definition,
    seed: 8,
    name: '7',
    recipe: { ...recipe, epochs: 3, milestones: [0.4] },
  })
})

it.each(STRATEGIES.map(({ name, schema }) => [name, schema.parse({ name })] as const))(
  'takes the strategy %s with its own defaults, however it is written',
  (name, defaults) => {
    expect(sample(`strategy=${name}`).strategy).toEqual(defaults)
    expect(sample(`strategy.name=${name}`).strategy).toEqual(defaults)
  },
)

it('sets a parameter of the strategy, of old files too, and refuses one that it does not have', () => {
  expect(sample('strategy=ga', 'strategy.mutationRate=0.1').strategy).toMatchObject({ name: 'ga', mutationRate: 0.1 })
  const config = file({ name: 'x', strategy: 'gpt-nas', mutationRate: 0.2, eliminationRate: 0.1 })
  expect(readDefinition({ config, set: ['strategy.eliminationRate=0'] }).strategy).toMatchObject({
    mutationRate: 0.2,
    eliminationRate: 0,
  })
  expect(() => sample('strategy=ga', 'strategy.eliminationRate=0')).toThrow(
    'strategy.eliminationRate: there is no such',
  )
  expect(() => readDefinition({ config: file({ name: 'x', strategy: { name: 'ga' }, mutationRate: 1 }) })).toThrow(
    '  mutationRate: there is no such field',
  )
})

it.each([
  ['recipe.epoch=3', 'recipe.epoch: there is no such field'],
  ['recipe.epochs=many', 'recipe.epochs: '],
  ['strategy=gradient', 'strategy.name: expected one of gpt-nas'],
  ['seed', '"seed" sets nothing'],
  ['=3', '"=3" sets nothing'],
])('refuses %s with the reason', (typed, message) => expect(() => sample(typed)).toThrow(message))

it('takes a preset, with settings in its place, and says where a name belongs', () => {
  expect(readDefinition({ preset: 'paper' })).toEqual(PAPER.definition)
  expect(readDefinition({ preset: 'paper', set: ['generations=1'] })).toMatchObject({
    populationSize: 30,
    generations: 1,
    recipe: { batchSize: 512, epochs: 6, schedule: 'linear-warm-up', warmUp: 1, learningRate: 0.01 },
  })
  expect(() => readDefinition({ preset: 'papers' })).toThrow('There is no preset "papers".')
  expect(() => readDefinition({ sample: 'paper' })).toThrow(
    expect.objectContaining({ fix: 'It is a preset: --preset paper.' }) as Error,
  )
})
