// A few damaged files on each reader; `npm run bench:hostile` reads a thousand.
import { expect, it } from 'vitest'
import { temporaryFolder } from '../../src/engine/testing/temporary-folder'
import { attackReaders } from './hostile-files'
import { MUTATIONS, mutate } from './mutations'

it('refuses or takes every damaged file, and writes nothing elsewhere', async () => {
  const attacks = await attackReaders(temporaryFolder(), 64)
  expect(attacks.filter(({ end, strays }) => end === 'bug' || strays.length > 0)).toEqual([])
  expect(attacks.filter(({ end }) => end === 'refused').length).toBeGreaterThan(20)
}, 120_000)

it.each(MUTATIONS.map((mutation, seed) => ({ mutation, seed })))('$mutation changes a file', ({ mutation, seed }) => {
  const valid = Buffer.from('{"name": "something", "count": 12345, "rest": [1, 2, 3]}')
  const first = mutate(valid, seed)
  expect(first.mutation).toBe(mutation)
  expect(first.bytes.equals(valid)).toBe(false)
  expect(mutate(valid, seed).bytes.equals(first.bytes)).toBe(true)
})
