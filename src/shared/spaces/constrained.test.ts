// A space seen through bans and pins: nothing that any operator makes breaks one, in every kind of space, whatever the rules.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { storedLibrary } from '../architecture/library'
import { createRandom } from '../random'
import { openSpace } from '.'
import { constrainedSpace } from './constrained'
import { spaceSchema } from './schema'

const facts = { shape: [32, 32, 3] as const, classes: 10 }
const user = {
  kind: 'user',
  file: {
    format: 'gptnas-space/1',
    name: 'words',
    positions: ['a', 'b', 'c', 'd'].map((name) => ({ name, choices: ['thin', 'thick', 'wide'] })),
  },
}
const SPACES = (
  [
    ['block-chain', { kind: 'block-chain', minBlocks: 3, maxBlocks: 6 }],
    ['nas-bench-101', { kind: 'nas-bench-101' }],
    ['nas-bench-201', { kind: 'nas-bench-201' }],
    ['user', user],
  ] as const
).map(([title, definition]) => [title, openSpace(spaceSchema.parse(definition), facts, storedLibrary([]))] as const)

describe.each(SPACES)('%s with rules', (_title, space) => {
  const names = space.names()
  const ruleCases = fc.record({
    banned: fc.subarray([...names], { maxLength: Math.max(1, Math.floor(names.length / 3)) }),
    pinned: fc.constantFrom(...names),
    place: fc.constantFrom(null, 1, 2),
    seed: fc.integer({ min: 0, max: 1000 }),
  })
  it('never comes to an architecture that breaks one, and to the same one by the same draws', () => {
    fc.assert(
      fc.property(ruleCases, ({ banned, pinned, place, seed }) => {
        const bans = banned.filter((name) => name !== pinned)
        const pins = [place === null ? pinned : `${place}=${pinned}`]
        const ruled = constrainedSpace(space, { bans, pins })
        const obeys = (genotype: ReturnType<typeof space.random>): void => {
          const there = Array.from({ length: space.positions(genotype) }, (_, at) => space.nameAt(genotype, at))
          expect(there.filter((name) => bans.includes(name))).toEqual([])
          if (place === null) expect(there).toContain(pinned)
          else expect(there[place - 1]).toBe(pinned)
          expect(space.problems(genotype)).toEqual([])
        }
        const draw = () => {
          const random = createRandom(seed)
          const first = ruled.random(random)
          const second = ruled.random(random)
          return [first, second, ruled.mutate(first, random), ...ruled.crossover(first, second, random)]
        }
        const drawn = draw()
        drawn.forEach(obeys)
        expect(draw()).toEqual(drawn)
        ruled.neighbours(drawn[0]!).slice(0, 20).forEach(obeys)
        // A member of before the rules is bred into one that keeps them.
        obeys(ruled.mutate(space.random(createRandom(seed)), createRandom(seed)))
      }),
      { numRuns: 25 },
    )
  })
})

it('without rules is the space itself, and with equal ones the same object', () => {
  const [, space] = SPACES[3]!
  expect(constrainedSpace(space, { bans: [], pins: [] })).toBe(space)
  const rules = { bans: ['thin'], pins: [] }
  expect(constrainedSpace(space, rules)).toBe(constrainedSpace(space, { ...rules }))
  expect([...constrainedSpace(space, rules).all!()]).toHaveLength(2 ** 4)
})
