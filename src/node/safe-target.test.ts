import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ordinaryFile, ownRecord, safeFile, safeFolder } from './safe-target'
import { listing } from './testing/listing'
import { writeUserFolder } from './whole-folder'
import { writeFileWhole } from './whole-file'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const own = ownRecord('an earlier export', 'record.json', (json) => {
  const { ours } = (json ?? {}) as { ours?: Record<string, string> }
  return ours === undefined ? undefined : new Map(Object.entries(ours))
})

let root: string
const at = (...parts: string[]) => path.join(root, ...parts)

beforeEach(() => {
  root = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'gptnas-target-')))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function put(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(at(name)), { recursive: true })
    writeFileSync(at(name), text)
  }
}

const record = (files: Readonly<Record<string, string>>) =>
  JSON.stringify({ ours: Object.fromEntries(Object.entries(files).map(([name, text]) => [name, sha256(text)])) })

/** An output of ours in `out/`. */
function putOurs(files: Readonly<Record<string, string>> = { 'weights.bin': 'w', 'sub/shard.bin': 's' }): void {
  put({ 'out/record.json': record(files) })
  put(Object.fromEntries(Object.entries(files).map(([name, text]) => [`out/${name}`, text])))
}

const write = (named: string, text = 'new') =>
  writeUserFolder(named, own, async (folder) => {
    await writeFileWhole(path.join(folder, 'weights.bin'), text)
    await writeFileWhole(path.join(folder, 'record.json'), record({ 'weights.bin': text }))
  })

describe('a folder that a user names', () => {
  it.each(['', ' ', '\t'])('must have a name, which %j is not', async (name) => {
    const here = listing(process.cwd(), 1)
    await expect(write(name)).rejects.toMatchObject({
      code: 'invalid-input',
      fix: expect.stringContaining('not set') as string,
    })
    expect(listing(process.cwd(), 1)).toEqual(here)
  })

  it('is written where there is none, with the folders above it', async () => {
    expect(await write(at('a', 'b'))).toMatchObject({ folder: at('a', 'b') })
    expect(Object.keys(listing(at('a')))).toEqual(['b/', 'b/record.json', 'b/weights.bin'])
  })

  it('is written where it is empty', async () => {
    mkdirSync(at('out'))
    await write(at('out'))
    expect(Object.keys(listing(root))).toEqual(['out/', 'out/record.json', 'out/weights.bin'])
  })

  it('is replaced where it is an earlier output, files that are gone included', async () => {
    putOurs()
    rmSync(at('out/weights.bin'))
    await write(at('out'))
    expect(Object.keys(listing(root))).toEqual(['out/', 'out/record.json', 'out/weights.bin'])
    expect(readFileSync(at('out/weights.bin'), 'utf8')).toBe('new')
  })

  it('is replaced also where a killed program left half a file', async () => {
    putOurs()
    put({ 'out/weights.bin.0123456789ab.partial': 'ha' })
    await write(at('out'))
    expect(Object.keys(listing(root))).toEqual(['out/', 'out/record.json', 'out/weights.bin'])
  })

  const strange: Readonly<Record<string, () => void>> = {
    'notes.txt': () => put({ 'out/notes.txt': 'theirs' }),
    'weights.bin': () => put({ 'out/weights.bin': 'changed by them' }),
    '.hidden': () => put({ 'out/.hidden': '' }),
    photos: () => put({ 'out/photos/1.jpg': 'x' }),
    'sub/more': () => put({ 'out/sub/more': '' }),
    'sub/shard.bin': () => put({ 'out/sub/shard.bin': '' }),
    'other.0123456789ab.partial': () => put({ 'out/other.0123456789ab.partial': '' }),
    link: () => symlinkSync(at('out/record.json'), at('out/link')),
    empty: () => mkdirSync(at('out/empty')),
  }
  it.each(Object.keys(strange))('is left alone where %s is not of an earlier output, which is named', async (name) => {
    putOurs()
    strange[name]!()
    const before = listing(root)
    await expect(write(at('out'))).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(`: ${name}. `) as string,
    })
    expect(listing(root)).toEqual(before)
  })

  it('is left alone where its record is no record of ours, is too long for one or is a link', async () => {
    for (const text of ['{}', 'no JSON', JSON.stringify({ ours: {}, filler: 'x'.repeat(1024 ** 2) })]) {
      put({ 'out/record.json': text })
      await expect(write(at('out'))).rejects.toMatchObject({ code: 'conflict' })
      expect(readFileSync(at('out/record.json'), 'utf8')).toBe(text)
    }
    put({ elsewhere: record({}) })
    rmSync(at('out/record.json'))
    symlinkSync(at('elsewhere'), at('out/record.json'))
    await expect(write(at('out'))).rejects.toMatchObject({ code: 'conflict' })
  })

  it('tells a few names and counts the rest', async () => {
    put(Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`out/${i}.txt`, 'x'])))
    await expect(safeFolder(at('out'), own)).rejects.toThrow('0.txt, 1.txt, 2.txt, 3.txt, 4.txt and 4 more')
  })

  it('is refused where a file or a pipe has its name', async () => {
    put({ out: 'theirs' })
    await expect(write(at('out'))).rejects.toThrow('is a file')
    expect(readFileSync(at('out'), 'utf8')).toBe('theirs')
    if (process.platform === 'win32') return
    execFileSync('mkfifo', [at('pipe')])
    await expect(write(at('pipe'))).rejects.toThrow('is a pipe')
  })

  it('is written behind a link, which stays', async () => {
    mkdirSync(at('real'))
    symlinkSync(at('real'), at('link'))
    await write(at('link'))
    await write(`${at('link')}/`)
    expect(readlinkSync(at('link'))).toBe(at('real'))
    expect(readFileSync(at('real/weights.bin'), 'utf8')).toBe('new')
  })

  it('is refused behind a link to somebody’s files, to nothing and to itself', async () => {
    put({ 'real/notes.txt': 'theirs' })
    for (const [name, target] of [
      ['link', 'real'],
      ['dangling', 'nowhere'],
      ['loop', 'loop'],
    ] as const) {
      symlinkSync(at(target), at(name))
      await expect(write(at(name))).rejects.toMatchObject({ code: 'conflict' })
      expect(readlinkSync(at(name))).toBe(at(target))
    }
    expect(readFileSync(at('real/notes.txt'), 'utf8')).toBe('theirs')
  })

  it.each([
    ['new', () => undefined],
    ['empty', () => void mkdirSync(at('out'))],
    ['ours', () => putOurs()],
  ])('keeps what somebody else puts there while it is written: %s before', async (_name, prepare) => {
    prepare()
    const writing = writeUserFolder(at('out'), own, async (folder) => {
      await writeFileWhole(path.join(folder, 'weights.bin'), 'new')
      put({ 'out/theirs.txt': 'just saved' })
    })
    await expect(writing).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(at('out')) as string,
    })
    expect(readFileSync(at('out/theirs.txt'), 'utf8')).toBe('just saved')
    expect(Object.keys(listing(root)).filter((name) => name.includes('partial'))).toEqual([])
  })

  it('stays as it was when the writing fails', async () => {
    putOurs()
    const before = listing(root)
    const broken = writeUserFolder(at('out'), own, () => Promise.reject(new Error('no more')))
    await expect(broken).rejects.toThrow('no more')
    expect(listing(root)).toEqual(before)
  })

  it('either takes the new output or keeps every byte, whatever it holds', async () => {
    const name = fc.constantFrom('record.json', 'weights.bin', 'sub/shard.bin', 'notes.txt', 'sub/x', '.git/config')
    const text = fc.constantFrom('', 'w', 's', record({ 'weights.bin': 'w', 'sub/shard.bin': 's' }))
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, text), async (files) => {
        rmSync(at('out'), { recursive: true, force: true })
        put(Object.fromEntries(Object.entries(files).map(([file, content]) => [`out/${file}`, content])))
        const before = listing(root)
        const isOurs =
          Object.keys(files).length === 0 ||
          (files['record.json']?.includes('ours') === true &&
            Object.entries(files).every(
              ([file, content]) =>
                file === 'record.json' ||
                (file === 'weights.bin' && content === 'w') ||
                (file === 'sub/shard.bin' && content === 's'),
            ))
        const written = write(at('out'))
        if (isOurs) await written
        else {
          await expect(written).rejects.toMatchObject({ code: 'conflict' })
          expect(listing(root)).toEqual(before)
        }
      }),
      { numRuns: 200 },
    )
  })
})

describe('a file that a user names', () => {
  it('must have a name', async () => {
    await expect(safeFile('')).rejects.toMatchObject({ code: 'invalid-input' })
    await expect(safeFile('a\0b')).rejects.toMatchObject({ code: 'invalid-input' })
  })

  it('is not named as a folder is', async () => {
    const named = at('new.json') + path.sep
    await expect(safeFile(named)).rejects.toMatchObject({ code: 'invalid-input', fix: expect.any(String) as string })
  })

  it('may be a new one in a folder that is there', async () => {
    expect(await safeFile(at('new.json'))).toBe(at('new.json'))
    await expect(safeFile(at('none', 'new.json'))).rejects.toMatchObject({ code: 'not-found' })
  })

  it('may be there with the same content, not with another', async () => {
    put({ 'a.json': 'text' })
    expect(await safeFile(at('a.json'), 'text')).toBe(at('a.json'))
    for (const content of ['other', 'texT', undefined])
      await expect(safeFile(at('a.json'), content)).rejects.toMatchObject({ code: 'conflict' })
  })

  it('may have any content where the user was asked', async () => {
    put({ 'a.json': 'text' })
    expect(await ordinaryFile(at('a.json'))).toBe(at('a.json'))
  })

  it('is no folder, and no link to somebody’s file is replaced', async () => {
    put({ theirs: 'precious', 'folder/x': '' })
    symlinkSync(at('theirs'), at('link'))
    symlinkSync(at('nowhere'), at('dangling'))
    for (const name of ['folder', 'link', 'dangling'])
      await expect(safeFile(at(name), 'new')).rejects.toMatchObject({ code: 'conflict' })
    expect(await ordinaryFile(at('link'))).toBe(at('theirs'))
  })
})
