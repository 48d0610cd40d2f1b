// Every kind of entry that is no ordinary file, every size that is none, and what is read of a file that is one.
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openToRead, readInPieces, readWhole, readWholeSync } from './read-file'

const folder = mkdtempSync(path.join(os.tmpdir(), 'read-file-'))
const at = (name: string): string => path.join(folder, name)
const server = net.createServer()
beforeAll(async () => {
  execFileSync('mkfifo', [at('pipe')])
  await new Promise<void>((resolve) => server.listen(at('socket'), resolve))
  mkdirSync(at('folder'))
  symlinkSync('loop', at('loop'))
  symlinkSync('pipe', at('link to a pipe'))
  writeFileSync(at('large'), '')
  truncateSync(at('large'), 3 * 1024 ** 3)
  writeFileSync(at('sealed'), 'x')
  chmodSync(at('sealed'), 0)
})
afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

const OPTIONS = { what: 'table', maxBytes: 1024 * 1024 }
const WAYS = {
  whole: (place: string) => readWhole(place, OPTIONS),
  'at once': async (place: string) => Promise.resolve().then(() => readWholeSync(place, OPTIONS)),
  'in pieces': async (place: string) => {
    const pieces: Buffer[] = []
    for await (const piece of readInPieces(place, { ...OPTIONS, pieceBytes: 3 })) pieces.push(piece)
    return Buffer.concat(pieces)
  },
}

describe.each(Object.entries(WAYS))('reading %s', (_, read) => {
  it.each([
    ['pipe', /is a pipe: a table was expected/],
    ['link to a pipe', /is a pipe: a table was expected/],
    ['socket', /is a socket: a table was expected/],
    ['folder', /is a folder: a table was expected/],
    ['/dev/zero', /is a device: a table was expected/],
    ['loop', /is a link that leads to itself/],
    ['large', /is too large: a table has at most 1.0 MiB, this file has 3.0 GiB/],
    ['/proc/self/status', /a file of the system, which does not say how large it is: a table was expected/],
  ])('refuses %s', async (name, message) => {
    await expect(read(path.resolve(folder, name))).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringMatching(message) as unknown,
      fix: expect.stringMatching(/\.$/) as unknown,
    })
  })

  it('tells a file that is not there from one that may not be read', async () => {
    await expect(read(at('none'))).rejects.toMatchObject({ code: 'not-found' })
    await expect(read(at('pipe/none'))).rejects.toMatchObject({ code: 'not-found' })
    // Root reads everything.
    if (process.getuid?.() === 0) return
    await expect(read(at('sealed'))).rejects.toThrow(/cannot be read: you have no permission/)
  })

  it.each(['', 'a', 'abc', 'abcd', 'äöü'.repeat(1000)])('gives the bytes of a file that is one', async (text) => {
    writeFileSync(at('good'), text)
    expect((await read(at('good'))).toString('utf8')).toBe(text)
  })
})

it('opens a file of any size where nobody limits it, and closes it where nobody reads on', async () => {
  const { handle, size } = await openToRead(at('large'), { what: 'archive' })
  await handle.close()
  expect(size).toBe(3 * 1024 ** 3)
  for await (const piece of readInPieces(at('large'), { what: 'archive', pieceBytes: 5 })) {
    expect(piece).toHaveLength(5)
    break
  }
})

it('calls what was expected by its article', async () => {
  const told = (what: string) => expect(readWhole(at('pipe'), { what, maxBytes: 1 })).rejects
  await told('archive').toThrow(/: an archive was expected/)
  await told('IDX file').toThrow(/: an IDX file was expected/)
  await told('table').toThrow(/: a table was expected/)
})

it('ends when it is cancelled', async () => {
  const controller = new AbortController()
  const pieces = readInPieces(at('large'), { what: 'archive', signal: controller.signal })
  await pieces.next()
  controller.abort()
  await expect(pieces.next()).rejects.toMatchObject({ code: 'cancelled' })
})
