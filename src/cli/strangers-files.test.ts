// Commands that write without an engine, on places that hold what this program did not write: refused, and not a byte of it
// changes. Exports are tried in engine/services/exports.test.ts, checkpoints in compute/proposer/learning/own-checkpoint.test.ts.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Command } from 'commander'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { listing } from '@node/testing/listing'
import fixture from '../../tests/fixtures/nas-bench-101-records.json'
import { checkCommand } from './commands/check'
import { spaceCommand } from './commands/space'
import { zooCommand } from './commands/zoo'

let folder: string
const at = (name: string) => path.join(folder, name)

beforeEach(() => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'strangers-')))
  mkdirSync(at('theirs'))
  writeFileSync(at('theirs/photo.jpg'), 'precious')
  // The names that the commands themselves would choose.
  writeFileSync(at('theirs/nas-bench-201-1-1.gptnas.json'), 'precious')
  writeFileSync(at('thesis.txt'), 'precious')
  symlinkSync(at('thesis.txt'), at('link'))
  symlinkSync(at('nowhere'), at('dangling'))
  if (process.platform !== 'win32') execFileSync('mkfifo', [at('pipe')])
  writeFileSync(at('records.tfrecord'), Buffer.from(fixture.tfrecord, 'base64'))
})
afterEach(() => {
  vi.restoreAllMocks()
  process.exitCode = undefined
  rmSync(folder, { recursive: true })
})

async function run(words: readonly string[]): Promise<{ code: number; err: string }> {
  let err = ''
  vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  vi.spyOn(process.stderr, 'write').mockImplementation((piece) => {
    err += String(piece)
    return true
  })
  const program = new Command('gpt-nas').exitOverride()
  for (const add of [spaceCommand, zooCommand, checkCommand]) add(program)
  await program.parseAsync(['node', 'gpt-nas', ...words])
  vi.restoreAllMocks()
  return { code: Number(process.exitCode ?? 0), err }
}

/** By what they write; the last word is the place. */
const WRITERS: Readonly<Record<string, () => string[]>> = {
  zoo: () => ['zoo', 'resnet18', '--out'],
  'space import-nas-bench-101': () => ['space', 'import-nas-bench-101', at('records.tfrecord'), '--out'],
  'check --fix': () => ['check', 'resnet18', '--fix'],
}

describe.each(Object.keys(WRITERS))('%s', (name) => {
  const words = WRITERS[name]!

  it.each(['thesis.txt', 'theirs', 'link', 'dangling', 'pipe', 'theirs/photo.jpg'])(
    'leaves %s as it is and says why',
    async (place) => {
      const before = listing(folder)
      const { code, err } = await run([...words(), at(place)])
      expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining(at('')) as string })
      expect(listing(folder)).toEqual(before)
    },
  )

  it('refuses an empty name, as an unset variable of a shell gives', async () => {
    const before = listing(process.cwd(), 1)
    expect(await run([...words(), ''])).toEqual({ code: 1, err: expect.stringContaining('empty name') as string })
    expect(listing(process.cwd(), 1)).toEqual(before)
  })

  it('writes a new file, and the same once more', async () => {
    expect((await run([...words(), at('new')])).code).toBe(0)
    const first = listing(folder)
    const isKnownBefore = name !== 'space import-nas-bench-101'
    expect((await run([...words(), at('new')])).code).toBe(isKnownBefore ? 0 : 1)
    expect(listing(folder)).toEqual(first)
  })
})

describe('space sample', () => {
  const words = ['space', 'sample', 'nas-bench-201', '--count', '2', '--out']

  it('leaves a file of the name that it would take, and writes none of the others', async () => {
    const before = listing(folder)
    const { code, err } = await run([...words, at('theirs')])
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('nas-bench-201-1-1') as string })
    expect(listing(folder)).toEqual(before)
  })

  it.each(['thesis.txt', 'link', 'dangling', 'pipe'])('takes no %s for a folder', async (place) => {
    const before = listing(folder)
    expect((await run([...words, at(place)])).code).toBe(1)
    expect(listing(folder)).toEqual(before)
  })

  it('adds to a folder of theirs what has a name of its own', async () => {
    const before = listing(folder)
    expect((await run([...words.slice(0, -1), '--seed', '7', '--out', at('theirs')])).code).toBe(0)
    expect(listing(folder)).toMatchObject(before)
    expect(Object.keys(listing(at('theirs')))).toHaveLength(4)
  })

  it('refuses an empty name', async () => {
    expect(await run([...words, ''])).toEqual({ code: 1, err: expect.stringContaining('empty name') as string })
  })
})
