import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { AccuracyResult } from './job'
import { keptFigures } from './kept'

const RESULT: AccuracyResult = {
  parameters: 7,
  firstLoss: 2.3,
  epochs: [{ trainLoss: 1.5, testLoss: 1.4, trainAccuracy: 0.4, testAccuracy: 0.5, seconds: 3 }],
}
let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kept-figures-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

it('finds what an earlier measurement has kept', async () => {
  await keptFigures(join(folder, 'new')).keep('ours-1', { epochs: 3 }, RESULT)
  expect(await keptFigures(join(folder, 'new')).find('ours-1', { epochs: 3 })).toEqual(RESULT)
  expect(await readdir(join(folder, 'new'))).toEqual(['ours-1.json'])
})

it("takes no figure of another recipe for this one's", async () => {
  const kept = keptFigures(folder)
  await kept.keep('ours-1', { epochs: 3 }, RESULT)
  expect(await kept.find('ours-1', { epochs: 4 })).toBeNull()
  expect(await kept.find('ours-2', { epochs: 3 })).toBeNull()
})

it('passes over a file that was not written to its end', async () => {
  await writeFile(join(folder, 'ours-1.json.partial'), '{"key":')
  expect(await keptFigures(folder).find('ours-1', { epochs: 3 })).toBeNull()
})

it('keeps nothing without a folder', async () => {
  await keptFigures(null).keep('ours-1', {}, RESULT)
  expect(await keptFigures(null).find('ours-1', {})).toBeNull()
})
