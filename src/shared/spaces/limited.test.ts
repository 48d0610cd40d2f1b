import { describe, expect, it } from 'vitest'
import { createRandom } from '../random'
import { STRATEGIES } from '../strategies/registry'
import { simulate } from '../strategies/testing/simulate'
import { createToySpace, toyFitness, type Word } from '../strategies/testing/toy-space'
import { limitedSpace } from './limited'
import type { Space } from './space'

const sum = ({ digits }: Word): number => digits.reduce((total, digit) => total + digit, 0)
const LIMIT = 40
const space = limitedSpace(createToySpace(), (word) => (sum(word) > LIMIT ? `its digits come to ${sum(word)}` : null))

describe('a limited space', () => {
  it('draws, breeds and changes within the limits only', () => {
    const random = createRandom(3)
    for (let i = 0; i < 200; i++) {
      const [first, second] = [space.random(random), space.random(random)]
      const made = [first, space.mutate(first, random), ...space.crossover(first, second, random)]
      for (const word of [...made, ...space.neighbours(first)]) expect(sum(word)).toBeLessThanOrEqual(LIMIT)
      const replaced = space.replaceAt(first, i % 10, 'digit-9')
      if (replaced !== undefined) expect(sum(replaced)).toBeLessThanOrEqual(LIMIT)
    }
  })

  it('says of what is above a limit why', () => {
    const heavy: Word = { space: 'toy', digits: new Array<number>(10).fill(9) }
    expect(space.problems(heavy)).toEqual(['its digits come to 90'])
    expect(space.exceeds?.(heavy)).toBe('its digits come to 90')
  })

  it('refuses limits that leave nothing, with what came last', () => {
    const nothing = limitedSpace(createToySpace(), () => 'it is too heavy')
    expect(() => nothing.random(createRandom(1))).toThrow(/None of 1000 .* it is too heavy/)
  })

  it.each(STRATEGIES.map((strategy) => [strategy.name, strategy] as const))(
    'is all that %s ever proposes from',
    async (_name, strategy) => {
      const { proposals } = await simulate(strategy, {
        space: space as unknown as Space,
        fitness: toyFitness,
        populationSize: 8,
        generations: 4,
        own: { candidates: 40, randomFirst: 8 },
      })
      for (const { genotype } of proposals.flat()) expect(sum(genotype as Word)).toBeLessThanOrEqual(LIMIT)
    },
  )
})
