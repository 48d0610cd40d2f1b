// Every command, service and dialog that writes where a user says, on places that hold what this program did not write: refused with
// the name of what is in the way, and not a byte of it changes. What takes a place and only reads it is declared too: a new option,
// argument, procedure or dialog fails here until somebody has said what it does with its place.
import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { spawnSync } from 'node:child_process'
import { Command } from 'commander'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import type { ProposerTrainingJob } from '@shared/contract/proposer'
import { trainProposer } from '../../src/compute/proposer/learning/train'
import { listing } from '@node/testing/listing'
import { documentText } from '@shared/architecture/document'
import { zooDocument } from '@shared/architecture/document/zoo-document'
import { engineContract } from '@shared/contract'
import { HOST_CHANNELS } from '@shared/contract/window'
import { EXPORT_FORMAT_NAMES } from '@shared/exchange/formats'
import fixture from '../fixtures/nas-bench-101-records.json'
import { canMount, smallDisk } from './small-disk'
import { temporaryFolder } from '../../src/engine/testing/temporary-folder'
import { fakeComputes } from '../../src/engine/testing/fake-computes'
import { fetchTiny, follow, openEngine, tinySearch, type Opened } from '../../src/engine/testing/open-engine'
import { openDatabase } from '../../src/engine/storage/database'
import { saveText } from '../../src/main/save-text'
import { commandsFor } from '../../src/cli/commands/registry'
import type * as sessions from '../../src/cli/session'

/** The engine of the present test, where it has one; else commands open their own. */
let engine: Opened | undefined
vi.mock('../../src/cli/session', async (original) => {
  const actual = await original<typeof sessions>()
  return {
    openSession: (options: sessions.SessionOptions) =>
      engine === undefined
        ? actual.openSession(options)
        : Promise.resolve({ client: engine.client, workspaceFolder: at('workspace'), close: () => Promise.resolve() }),
  }
})

const home = process.cwd()
let folder: string
const at = (name: string): string => path.join(folder, name)

beforeEach(() => {
  engine = undefined
  folder = realpathSync(temporaryFolder())
  mkdirSync(at('theirs'))
  writeFileSync(at('theirs/photo.jpg'), 'precious')
  // The names that commands would choose themselves.
  writeFileSync(at('theirs/nas-bench-201-1-1.gptnas.json'), 'precious')
  for (const name of ['model.json', 'metadata.json', 'CARD.md']) writeFileSync(at(`theirs/${name}`), '{}')
  writeFileSync(at('thesis.txt'), 'precious')
  symlinkSync(at('thesis.txt'), at('link'))
  symlinkSync(at('theirs'), at('folder-link'))
  symlinkSync(at('nowhere'), at('dangling'))
  writeFileSync(at('net.gptnas.json'), documentText(zooDocument('resnet18', { input: [32, 32, 3], classes: 10 })))
  // Where a command is called from, which is what an empty name leads to.
  mkdirSync(at('here'))
  process.chdir(at('here'))
  writeFileSync(at('records.tfrecord'), Buffer.from(fixture.tfrecord, 'base64'))
})
afterEach(() => {
  process.chdir(home)
  vi.restoreAllMocks()
  process.exitCode = undefined
})

async function run(words: readonly string[]): Promise<{ code: number; err: string }> {
  let err = ''
  vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  vi.spyOn(process.stderr, 'write').mockImplementation((piece) => {
    err += String(piece)
    return true
  })
  await (await wholeProgram()).parseAsync(['node', 'gpt-nas', ...words])
  vi.restoreAllMocks()
  return { code: Number(process.exitCode ?? 0), err }
}

/** Every command there is. */
async function wholeProgram(): Promise<Command> {
  const program = new Command('gpt-nas').exitOverride()
  for (const define of await commandsFor([])) define(program)
  return program
}

/** A place that is written, or one that is only read. */
type Use = 'writes' | 'reads'

const COMMANDS: Readonly<Record<string, Use>> = {
  'bench search --checkpoint': 'reads',
  'bench search --space': 'reads',
  'check <file>': 'reads',
  'check --fix': 'writes',
  'cost <file>': 'reads',
  'dataset get --from': 'reads',
  'dataset import --splits': 'reads',
  'dataset import <path>': 'reads',
  'diff <from>': 'reads',
  'diff <to>': 'reads',
  'export --design': 'reads',
  'export --folder': 'writes',
  'import <design>': 'writes',
  'import <file>': 'reads',
  'proposer compare <checkpoint>': 'reads',
  'proposer corpus --out': 'writes',
  'proposer report --checkpoint': 'reads',
  'proposer sample --checkpoint': 'reads',
  'proposer score --checkpoint': 'reads',
  'proposer train --out': 'writes',
  'proposer train --table': 'reads',
  'runtime install --from': 'reads',
  'runtime pack --out': 'writes',
  'search ablation --config': 'reads',
  'search paper --config': 'reads',
  'search start --config': 'reads',
  'space import-nas-bench-101 <file>': 'reads',
  'space import-nas-bench-101 --out': 'writes',
  'space sample --out': 'writes',
  'train <file>': 'reads',
  'train --config': 'reads',
  'train --export': 'writes',
  'workspace restore <file>': 'reads',
  'zoo --out': 'writes',
}

const PLACE = /[<[](file|folder|path|place|dir)/i
/** Names that say it whatever the help calls the value. */
const NAMES = /^(file|folder|path|from|to|design|out|output|fix|export|report|html|config|checkpoint|save)$/

function leaves(command: Command, above: readonly string[] = []): (readonly [string, Command])[] {
  const own = [...above, command.name()]
  const below = command.commands.flatMap((each) => leaves(each, own))
  return command.commands.length > 0 ? below : [[own.slice(1).join(' '), command]]
}

it('every option and argument of a command that takes a place is declared here', async () => {
  const found = leaves(await wholeProgram()).flatMap(([name, command]) => [
    ...command.registeredArguments
      .filter((argument) => NAMES.test(argument.name()))
      .map((argument) => `${name} <${argument.name()}>`),
    ...command.options
      // The workspace is tried below, of every command.
      .filter((option) => (option.required || option.optional) && option.long !== '--workspace')
      .filter((option) => PLACE.test(option.flags) || (option.required && NAMES.test(option.name())))
      .map((option) => `${name} ${option.long}`),
  ])
  expect(found.sort()).toEqual(Object.keys(COMMANDS).sort())
})

/** Procedures of the contract that take a place. */
const PROCEDURES: Readonly<Record<string, Use>> = {
  'datasets.get': 'reads',
  'datasets.import': 'reads',
  'datasets.recognise': 'reads',
  'exports.create': 'writes',
  'exports.prove': 'reads',
  'exports.createOfDesign': 'writes',
  'exports.bundle': 'reads',
  'imports.create': 'reads',
  'imports.preview': 'reads',
  'proposer.corpus': 'writes',
  'proposer.report': 'reads',
  'proposer.sample': 'reads',
  'proposer.train': 'writes',
  'runtimes.install': 'reads',
  'runtimes.pack': 'writes',
  'searches.allowCommand': 'reads',
  'searches.isCommandAllowed': 'reads',
  'searches.readInjection': 'reads',
  'searches.readSpace': 'reads',
}
const FIELD = /^(path|file|from|folder|out|checkpoint|place|target)$/

it('every procedure of the contract that takes a place is declared here', () => {
  const found = Object.entries(engineContract).flatMap(([service, procedures]) =>
    Object.entries(procedures).flatMap(([name, procedure]) => {
      const input = (procedure as { '~orpc': { inputSchema?: z.ZodType } })['~orpc'].inputSchema
      if (input === undefined) return []
      const { properties = {} } = z.toJSONSchema(input, { unrepresentable: 'any', io: 'input' })
      return Object.keys(properties).some((field) => FIELD.test(field)) ? [`${service}.${name}`] : []
    }),
  )
  expect(found.sort()).toEqual(Object.keys(PROCEDURES).sort())
})

it('the host of a window writes a file in one function alone', () => {
  const READS = ['facts', 'openTextFile', 'chooseFile', 'chooseFolder', 'showInFolder', 'engineState', 'droppedPlace']
  const TELLS = ['confirmCommand', 'copyText', 'setProgress', 'notify']
  expect(Object.keys(HOST_CHANNELS).sort()).toEqual([...READS, ...TELLS, 'saveTextFile'].sort())
})

/** What is in the way, by its kind; the place of each. */
const PLACES: Readonly<Record<string, () => string>> = {
  'a folder of strangers': () => at('theirs'),
  'a plain file': () => at('thesis.txt'),
  'a file below a plain file': () => at('thesis.txt/new'),
  'a link to a file': () => at('link'),
  'a link to a folder of strangers': () => at('folder-link'),
  'a link that leads nowhere': () => at('dangling'),
  'the workspace': () => at('workspace'),
  'the database': () => at('workspace/workspace.sqlite'),
  'what no program can make': () => '/proc/gpt-nas-x',
  'an empty name': () => '',
}

interface Writer {
  /** Without the place, which follows. */
  readonly words: () => readonly string[]
  /** What may be named as in the way where the place is not: `space sample` adds to folders. */
  readonly adds?: boolean
  readonly needsRun?: boolean
  /** Kinds of places it is tried on; all where left out. */
  readonly kinds?: readonly string[]
}

/** Formats share the guard of folders: the first is tried on everything, the others on what each could pass by. */
const KINDS_OF_FORMATS = ['a folder of strangers', 'a link to a folder of strangers', 'the workspace']

const WRITERS: Readonly<Record<string, Writer>> = {
  'check --fix': { words: () => ['check', 'resnet18', '--fix'] },
  ...Object.fromEntries(
    EXPORT_FORMAT_NAMES.map((format, at) => [
      `export --folder, ${format}`,
      {
        words: () => ['export', '1', '--format', format, '--folder'],
        needsRun: true,
        ...(at > 0 && { kinds: KINDS_OF_FORMATS }),
      },
    ]),
  ),
  'import <design>': { words: () => ['import', at('net.gptnas.json')] },
  'proposer corpus --out': { words: () => ['proposer', 'corpus', '--out'] },
  'proposer train --out': { words: () => ['proposer', 'train', '--out'], needsRun: true },
  'runtime pack --out': { words: () => ['runtime', 'pack', 'cuda12', '--out'] },
  'space import-nas-bench-101 --out': {
    words: () => ['space', 'import-nas-bench-101', at('records.tfrecord'), '--out'],
  },
  'space sample --out': { words: () => ['space', 'sample', 'nas-bench-201', '--count', '2', '--out'], adds: true },
  'train --export': {
    words: () => ['train', 'resnet18', '--dataset', 'tiny', '--fit', '--validation-images', '15', '--export'],
    needsRun: true,
  },
  'zoo --out': { words: () => ['zoo', 'resnet18', '--out'] },
}

it('every command that writes is tried', () => {
  const tried = new Set(Object.keys(WRITERS).map((name) => name.split(',')[0]))
  expect([...tried].sort()).toEqual(
    Object.keys(COMMANDS)
      .filter((name) => COMMANDS[name] === 'writes')
      .sort(),
  )
})

async function openWorkspace(needsRun: boolean): Promise<void> {
  const pool = fakeComputes()
  engine = await openEngine(folder, {
    computes: {
      ...pool,
      // What a compute asks of the place is asked by the compute itself.
      run: (job, signal) =>
        pool.run((client, slot, kill) => {
          const train = (wish: ProposerTrainingJob) =>
            Promise.resolve(trainProposer(wish, new AbortController().signal))
          return job({ ...client, trainProposer: train } as typeof client, slot, kill)
        }, signal),
    },
  })
  if (!needsRun) return
  await fetchTiny(engine)
  const { id } = await engine.client.searches.create({ definition: tinySearch({ generations: 1, populationSize: 1 }) })
  await follow(engine, id)
}

/** All but the database, whose log an open engine writes. */
const content = (): Record<string, string | null> =>
  Object.fromEntries(
    Object.entries(listing(folder)).filter(([name]) => !/workspace\/workspace\.sqlite-|stamp/.test(name)),
  )

describe.each(Object.entries(WRITERS))('%s', (_name, { words, needsRun = false, adds = false, kinds }) => {
  it.each(kinds ?? Object.keys(PLACES))('leaves %s as it is and says why', async (kind) => {
    await openWorkspace(needsRun)
    const place = PLACES[kind]!()
    // Adding files of new names to the workspace's folder takes nothing away.
    if (adds && kind === 'the workspace') return
    const before = content()
    const { code, err } = await run([...words(), place])
    const named = place === '' ? 'empty name' : place.startsWith('/proc') ? '/proc' : at('')
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining(named) as string })
    expect(err).not.toMatch(/^\s+at .*:\d+:\d+/m)
    expect(content()).toEqual(before)
  })

  it.skipIf(!canMount || kinds !== undefined)('says that a disk is read-only', async () => {
    await openWorkspace(needsRun)
    smallDisk(at('locked'), 1024 ** 2)
    spawnSync('mount', ['-o', 'remount,ro', at('locked')])
    const before = content()
    const { code, err } = await run([...words(), at('locked/new')])
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining(at('locked')) as string })
    expect(content()).toEqual(before)
  })
})

describe('a saved file of a window', () => {
  it.each(Object.keys(PLACES).filter((kind) => kind !== 'an empty name'))('leaves %s as it is', async (kind) => {
    await openWorkspace(false)
    const before = content()
    await expect(saveText(PLACES[kind]!(), '{"format":"gptnas-architecture/1"}')).rejects.toThrow(/\S/)
    expect(content()).toEqual(before)
  })
})

describe('the workspace that a command is given', () => {
  const COMMANDS_WITH_ONE = [
    ['search', 'list'],
    ['dataset', 'list'],
    ['workspace', 'backups'],
  ]
  const REFUSED = [
    'a plain file',
    'a file below a plain file',
    'a link to a file',
    'what no program can make',
    'an empty name',
  ]

  const tried = COMMANDS_WITH_ONE.flatMap((words) => REFUSED.map((kind) => [words, kind] as const))
  // A workspace that is not there has no copies: to look for them makes none.
  it.each(tried.filter(([words, kind]) => words[0] !== 'workspace' || kind !== 'what no program can make'))(
    '%j on %s is refused and changes nothing',
    async (words, kind) => {
      const before = listing(folder)
      const place = PLACES[kind]!()
      const { code, err } = await run([...words, '--workspace', place])
      expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/\S/) as string })
      expect(listing(folder)).toEqual(before)
    },
  )

  it('that holds a database of somebody else by our name is refused', async () => {
    const theirs = openDatabase(at('theirs/workspace.sqlite'))
    theirs.exec('CREATE TABLE notes (text TEXT)')
    theirs.close()
    const { code, err } = await run(['search', 'list', '--workspace', at('theirs')])
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('no workspace') as string })
    const again = openDatabase(at('theirs/workspace.sqlite'))
    expect(again.query('SELECT name FROM sqlite_master')).toEqual([{ name: 'notes' }])
    again.close()
  })

  it('that is a folder of strangers keeps what they have in it', async () => {
    const before = listing(at('theirs'))
    expect((await run(['search', 'list', '--workspace', at('theirs')])).code).toBe(0)
    expect(listing(at('theirs'))).toMatchObject(before)
  })
})

describe('a data set of a name that strangers have in the workspace', () => {
  it.each([
    ['dataset', 'remove', 'mine'],
    ['dataset', 'import', 'PICTURES', '--name', 'mine', '--replace'],
  ])('%s %s %s keeps what it did not write', async (...words) => {
    await openWorkspace(false)
    mkdirSync(at('workspace/datasets/mine'), { recursive: true })
    writeFileSync(at('workspace/datasets/mine/thesis.txt'), 'precious')
    const before = content()
    const { code, err } = await run(words.map((word) => (word === 'PICTURES' ? at('theirs') : word)))
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/\S/) as string })
    expect(content()).toEqual(before)
  })
})
