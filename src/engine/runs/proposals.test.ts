// What strategies are shown of a run.
import { expect, it } from 'vitest'
import { storedLibrary } from '@shared/architecture/library'
import { createRandom } from '@shared/random'
import { openSpace } from '@shared/spaces'
import type { Member } from '@shared/strategies/strategy'
import type { TrialRecord } from '../storage/trials'
import { tinySearch } from '../testing/open-engine'
import { proposalsOf } from './proposals'

it('shows a trial that is read anew as the object of before: what was worked out of it is not worked out again', async () => {
  const definition = tinySearch()
  const space = openSpace(definition.space, { shape: [4, 4, 3], classes: 3 }, storedLibrary([]))
  const genotype = space.random(createRandom(1))
  const read = (): TrialRecord =>
    JSON.parse(
      JSON.stringify({ id: 1, number: 1, generation: 0, state: 'finished', fitness: 0.5, genotype, origin: {} }),
    ) as TrialRecord
  const histories: (readonly (readonly Member[])[])[] = []
  const strategy = {
    propose: ({ history }: { history: readonly (readonly Member[])[] }) => {
      histories.push(history)
      return Promise.resolve([])
    },
  } as never
  for (let i = 0; i < 2; i++) await proposalsOf({ space, strategy, seeds: [] } as never, { definition }, 1, [read()])
  const [first, second] = histories.map((history) => history[0]?.[0]?.genotype)
  expect(first).toEqual(genotype)
  expect(second).toBe(first)
})
