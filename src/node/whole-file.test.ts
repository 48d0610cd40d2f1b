import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { moveFileWhole, PARTIAL_SUFFIX, writeFileWhole, writeFileWholeSync, writeNewFileWhole } from './whole-file'

let folder: string
const place = (...parts: string[]) => path.join(folder, ...parts)

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gptnas-whole-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const writers = [
  ['at its leisure', writeFileWhole],
  [
    'before the program ends',
    (file: string, text: string) => Promise.resolve().then(() => writeFileWholeSync(file, text)),
  ],
] as const

describe.each(writers)('a file written whole, %s', (_name, write) => {
  it('replaces an ordinary file and leaves nothing beside it', async () => {
    writeFileSync(place('a.json'), 'old')
    await write(place('a.json'), 'new')
    expect(readFileSync(place('a.json'), 'utf8')).toBe('new')
    expect(readdirSync(folder)).toEqual(['a.json'])
  })

  it('makes the folders above', async () => {
    await write(place('x', 'y', 'a.json'), 'text')
    expect(readFileSync(place('x', 'y', 'a.json'), 'utf8')).toBe('text')
  })

  it('neither follows nor replaces a link', async () => {
    writeFileSync(place('theirs'), 'precious')
    symlinkSync(place('theirs'), place('link'))
    symlinkSync(place('nowhere'), place('dangling'))
    for (const name of ['link', 'dangling'])
      await expect(write(place(name), 'new')).rejects.toMatchObject({ code: 'conflict' })
    expect(readFileSync(place('theirs'), 'utf8')).toBe('precious')
    expect(readlinkSync(place('link'))).toBe(place('theirs'))
    expect(readdirSync(folder).sort()).toEqual(['dangling', 'link', 'theirs'])
  })

  it('refuses a folder and a pipe, saying which it is', async () => {
    mkdirSync(place('folder'))
    await expect(write(place('folder'), 'new')).rejects.toThrow('is a folder')
    if (process.platform === 'win32') return
    execFileSync('mkfifo', [place('pipe')])
    await expect(write(place('pipe'), 'new')).rejects.toThrow('is a pipe')
  })

  it('says what the file system says', async () => {
    writeFileSync(place('file'), '')
    await expect(write(place('file', 'below'), 'new')).rejects.toMatchObject({ code: 'storage-failed' })
  })
})

describe('a file written in pieces', () => {
  it('is their sequence', async () => {
    await writeFileWhole(place('a'), ['one ', Buffer.from('two '), 'three'])
    await writeFileWhole(
      place('b'),
      (async function* () {
        yield await Promise.resolve('one ')
        yield Buffer.from('two')
      })(),
    )
    expect(readFileSync(place('a'), 'utf8')).toBe('one two three')
    expect(readFileSync(place('b'), 'utf8')).toBe('one two')
  })

  it('stays as it was when making the pieces fails', async () => {
    writeFileSync(place('a'), 'old')
    const broken = function* (): Generator<string> {
      yield 'half'
      throw new Error('no more')
    }
    await expect(writeFileWhole(place('a'), broken())).rejects.toThrow('no more')
    expect(readFileSync(place('a'), 'utf8')).toBe('old')
    expect(readdirSync(folder)).toEqual(['a'])
  })

  it('is known by its ending while it is written', async () => {
    let during: string[] = []
    const watched = function* (): Generator<string> {
      yield 'half'
      during = readdirSync(folder)
    }
    await writeFileWhole(place('a'), watched())
    expect(during.filter((name) => name.startsWith('a.') && name.endsWith(PARTIAL_SUFFIX))).toHaveLength(1)
  })
})

describe('a file moved', () => {
  it('takes its place, but not that of a link', async () => {
    writeFileSync(place('a'), 'text')
    symlinkSync(place('elsewhere'), place('link'))
    await expect(moveFileWhole(place('a'), place('link'))).rejects.toMatchObject({ code: 'conflict' })
    await moveFileWhole(place('a'), place('new', 'b'))
    expect(readFileSync(place('new', 'b'), 'utf8')).toBe('text')
    expect(readdirSync(folder).sort()).toEqual(['link', 'new'])
  })
})

describe('a new file', () => {
  const nameOf = (i: number): string => place(i === 1 ? 'a.zip' : `a-${i}.zip`)

  it('takes the first free name, also where one is taken while it is written', async () => {
    writeFileSync(nameOf(1), 'theirs')
    const content = async function* () {
      yield 'mi'
      await Promise.resolve()
      writeFileSync(nameOf(2), 'theirs too')
      yield 'ne'
    }
    expect(await writeNewFileWhole(nameOf, content())).toBe(nameOf(3))
    expect([1, 2, 3].map((i) => readFileSync(nameOf(i), 'utf8'))).toEqual(['theirs', 'theirs too', 'mine'])
    expect(readdirSync(folder).sort()).toEqual(['a-2.zip', 'a-3.zip', 'a.zip'])
  })

  it('leaves nothing where its content fails', async () => {
    const content = function* () {
      yield 'a'
      throw new Error('no more')
    }
    await expect(writeNewFileWhole(nameOf, content())).rejects.toThrow('no more')
    expect(readdirSync(folder)).toEqual([])
  })

  it('takes no name of a link, a folder or a pipe', async () => {
    symlinkSync(place('nowhere'), nameOf(1))
    mkdirSync(nameOf(2))
    expect(await writeNewFileWhole(nameOf, 'mine')).toBe(nameOf(3))
    expect(readlinkSync(nameOf(1))).toBe(place('nowhere'))
  })
})
