// Every reader on everything that is no file, on empty, halved, endless and foreign ones: an answer that says what was expected and
// what came, and never a wait. What the time and the memory come to is npm run bench:hostile's.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { attempt, oneOfEach } from './hostile-files'
import { hostileReaders } from './readers'
import { UNUSUAL } from './unusual-files'

const folder = mkdtempSync(path.join(tmpdir(), 'every-reader-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const readers = await hostileReaders(path.join(folder, 'seeds'))
/** Room for a few paths; what is quoted of a file is cut. */
const LONGEST_MESSAGE = 1500

describe.each(readers)('$name', (reader) => {
  const cases = oneOfEach(Object.keys(reader.files)).flatMap((file) => UNUSUAL.map((unusual) => ({ file, unusual })))

  it.each(cases)('with $unusual.name for $file', async ({ file, unusual }) => {
    const what = { file, mutation: unusual.name, seed: 0 }
    const { end, message, strays } = await attempt(path.join(folder, 'place'), reader, what, (target) =>
      unusual.make(target, reader.files[file]!),
    )
    expect(end, message).not.toBe('bug')
    if (unusual.isNoFile && reader.leavesOut !== true) expect(end).toBe('refused')
    expect(message.length).toBeLessThan(LONGEST_MESSAGE)
    expect(strays).toEqual([])
  })
})
