// A few damaged files on each reader; `npm run bench:hostile` reads a thousand.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../../src/engine/testing/temporary-folder'
import { attackReaders, attempt } from './hostile-files'
import { MUTATIONS, mutate } from './mutations'
import { hostileReaders } from './readers'

it('refuses or takes every damaged file, and writes nothing elsewhere', async () => {
  const attacks = await attackReaders(temporaryFolder(), 64)
  expect(attacks.filter(({ end, strays }) => end === 'bug' || strays.length > 0)).toEqual([])
  expect(attacks.filter(({ end }) => end === 'refused').length).toBeGreaterThan(20)
}, 120_000)

it('refuses an export whose model plain tfjs cannot make', async () => {
  const folder = temporaryFolder()
  const readers = await hostileReaders(path.join(folder, 'seeds'))
  const reader = readers.find(({ name }) => name === 'an export, run again')!
  // Found by the bench: a key of a layer's configuration has become another.
  const { mutation, bytes } = mutate(reader.files['model.json']!, 25)
  const what = { file: 'model.json', mutation, seed: 25 }
  const { end, message } = await attempt(path.join(folder, 'place'), reader, what, (target) =>
    writeFileSync(target, bytes),
  )
  expect({ end, message }).toMatchObject({ end: 'refused', message: expect.stringContaining('is damaged') as unknown })
})

it.each(MUTATIONS.map((mutation, seed) => ({ mutation, seed })))('$mutation changes a file', ({ mutation, seed }) => {
  const valid = Buffer.from('{"name": "something", "count": 12345, "rest": [1, 2, 3]}')
  const first = mutate(valid, seed)
  expect(first.mutation).toBe(mutation)
  expect(first.bytes.equals(valid)).toBe(false)
  expect(mutate(valid, seed).bytes.equals(first.bytes)).toBe(true)
})
