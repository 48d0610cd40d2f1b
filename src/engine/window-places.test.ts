// A page that somebody else has taken over, against every call of the contract.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { engineContract } from '@shared/contract'
import { commandKey } from '@shared/evaluators/command'
import { listing } from '@node/testing/listing'
import { openEngine, type Opened } from './testing/open-engine'
import { ADDRESS_FIELDS, COMMAND_CALL, PLACE_FIELDS, windowGuard } from './window-places'

type Call = (input: unknown) => Promise<unknown>

interface Procedure {
  readonly '~orpc': { readonly inputSchema?: z.ZodType }
}

/** Every call of the contract with the schema of what it takes. */
const CALLS = Object.entries(engineContract).flatMap(([service, procedures]) =>
  Object.entries(procedures as Record<string, Procedure>).map(
    ([name, procedure]) => [`${service}.${name}`, procedure['~orpc'].inputSchema] as const,
  ),
)

/**
 * Texts of the contract that name no place. Splits are looked for among the folders found at the place of an import, the base of a
 * fine-tuning among the proposers of the workspace.
 */
const NO_PLACES: ReadonlySet<string> = new Set(['id', 'name', 'key', 'command', 'splits', 'strategies', 'base'])

/** Fields of an object that take a text which is not one of a few words. */
function textsOf(schema: z.ZodType | undefined): string[] {
  if (schema === undefined) return []
  const json = z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' })
  const takesText = (field: unknown): boolean => {
    const {
      type,
      anyOf = [],
      items,
      enum: words,
    } = field as Partial<Record<'type' | 'items', unknown> & Record<'anyOf' | 'enum', unknown[]>>
    const isText = [type].flat().includes('string') && words === undefined
    return isText || anyOf.some(takesText) || (items !== undefined && takesText(items))
  }
  return Object.entries(json.properties ?? {}).flatMap(([field, value]) => (takesText(value) ? [field] : []))
}

let folder: string
const at = (name: string) => path.join(folder, name)
let chosen: string[]
let asked: string[]
let confirmed: string[]

beforeEach(() => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'window-places-')))
  chosen = []
  asked = []
  confirmed = []
  mkdirSync(at('theirs/empty'), { recursive: true })
  writeFileSync(at('theirs/CARD.md'), 'precious')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const openForWindow = (): Promise<Opened> =>
  openEngine(folder, {
    guard: windowGuard({
      workspaceFolder: at('workspace'),
      exportsFolder: at('workspace/exports'),
      isChosen: (place, wanted) => {
        asked.push(`${wanted} ${place}`)
        return Promise.resolve(chosen.includes(place))
      },
      isConfirmed: (command) => Promise.resolve(confirmed.includes(command)),
    }),
  })

/** Inputs that the contract takes, but for the place. */
const INPUTS: Readonly<Record<string, object>> = {
  'runtimes.pack': { id: 'cpu' },
  'runtimes.install': { id: 'cuda12' },
  'imports.preview': {},
  'imports.create': { name: 'stolen' },
  'exports.create': { trialId: 1 },
  'exports.prove': {},
  'exports.createOfDesign': { document: {}, format: 'svg' },
  'exports.bundle': {},
  'datasets.get': { name: 'cifar-10' },
  'datasets.recognise': {},
  'datasets.import': { name: 'stolen' },
  'searches.readSpace': {},
  'proposer.corpus': {
    settings: { datasets: ['mine'], chains: 1, seed: 1, repeated: 0, longer: 0, images: 100, epochs: 1 },
  },
  'proposer.train': { training: {}, command: '' },
  'proposer.sample': {},
  'proposer.report': {},
}

/** Calls and reads to its end whatever streams. */
async function call({ client }: Opened, name: string, input: unknown): Promise<unknown> {
  const [service, procedure] = name.split('.') as [string, string]
  const answer = await (client as unknown as Record<string, Record<string, Call>>)[service]![procedure]!(input)
  if (typeof answer !== 'object' || answer === null || !(Symbol.asyncIterator in answer)) return answer
  for await (const _item of answer as AsyncIterable<unknown>) break
  return answer
}

/** A call's input with this place in the field that names one. */
function withPlace(name: string, place: string): object {
  const { field } = PLACE_FIELDS[name]!
  return { ...INPUTS[name], [field]: name === 'runtimes.install' ? [place] : place }
}

const refused = { code: 'invalid-input', message: expect.stringContaining('was not chosen in a dialog') as string }

it('every text of the contract is known for a place or for none', () => {
  for (const [name, schema] of CALLS) {
    // A command is allowed as a whole, or not at all.
    const isCommand = [COMMAND_CALL, 'searches.isCommandAllowed'].includes(name)
    const places = isCommand ? [] : textsOf(schema).filter((field) => !NO_PLACES.has(field))
    const known = [PLACE_FIELDS[name]?.field, ADDRESS_FIELDS[name]].filter((field) => field !== undefined)
    expect({ name, places }).toEqual({ name, places: known })
  }
  expect(CALLS.map(([name]) => name)).toEqual(expect.arrayContaining(Object.keys(PLACE_FIELDS)))
})

it.each(Object.keys(PLACE_FIELDS))('%s is tried here with what the contract takes', (name) => {
  const schema = CALLS.find(([call]) => call === name)?.[1]
  expect(schema?.safeParse(withPlace(name, '/place'))).toMatchObject({ success: true })
})

it('a window installs from no address of its own, nor from a list with one place that nobody chose', async () => {
  const engine = await openForWindow()
  for (const index of ['http://169.254.169.254/latest', 'https://example.invalid/simple', ''])
    await expect(call(engine, 'runtimes.install', { id: 'cuda12', index })).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining('may not name the address') as string,
    })
  chosen.push(at('theirs/empty'))
  for (const from of [
    [at('theirs/empty'), at('theirs/CARD.md')],
    [at('theirs/CARD.md'), at('theirs/empty')],
  ])
    await expect(call(engine, 'runtimes.install', { id: 'cuda12', from })).rejects.toMatchObject(refused)
})

describe.each(Object.entries(PLACE_FIELDS))('%s of a window', (name, { use }) => {
  it('takes no place that nobody chose, and touches nothing', async () => {
    const engine = await openForWindow()
    symlinkSync(at('theirs'), at('workspace/exports/link'))
    const before = listing(at('theirs'))
    const places = [
      at('theirs'),
      at('theirs/empty'),
      at('theirs/new/deep'),
      at('workspace/exports/link'),
      at('workspace/exports/link/new'),
      at('workspace/../theirs'),
      `${at('workspace')}-beside`,
      '/',
      '/proc/self/root',
      'relative',
      '',
      '~',
      `${at('workspace')}\0`,
    ]
    for (const place of places) await expect(call(engine, name, withPlace(name, place))).rejects.toMatchObject(refused)
    expect(listing(at('theirs'))).toEqual(before)
  })

  it(use === 'read' ? 'reads in the workspace' : 'writes in the workspace among the exports only', async () => {
    const engine = await openForWindow()
    const answered = (place: string) =>
      call(engine, name, withPlace(name, place)).then(
        () => 'answered',
        (thrown: unknown) => (thrown instanceof Error && thrown.message.includes('dialog') ? 'refused' : 'answered'),
      )
    expect(await answered(at('workspace/exports/new'))).toBe('answered')
    expect(await answered(at('workspace/artefacts/new'))).toBe(use === 'read' ? 'answered' : 'refused')
    expect(await answered(at('workspace/exports'))).toBe(use === 'read' ? 'answered' : 'refused')
  })

  it('takes a place that a dialog returned', async () => {
    const engine = await openForWindow()
    chosen.push(at('theirs/empty'))
    // What it then finds there is told by whoever reads or writes it.
    const told = await call(engine, name, withPlace(name, at('theirs/empty'))).catch(String)
    expect(String(told)).not.toContain('dialog')
    expect(asked).toEqual([`${use} ${at('theirs/empty')}`])
  })
})

it('a program that nobody was asked about is not allowed, nor one with other arguments', async () => {
  const { client } = await openForWindow()
  const command = { program: '/usr/bin/python3', arguments: ['train.py'], folder: at('theirs') }
  confirmed.push(commandKey(command))
  for (const other of [
    { ...command, arguments: ['-c', 'import os'] },
    { ...command, folder: null },
    { ...command, program: '/bin/sh' },
  ]) {
    await expect(client.searches.allowCommand(other)).rejects.toMatchObject({ code: 'invalid-input' })
    expect(await client.searches.isCommandAllowed(other)).toEqual({ allowed: false })
  }
  await client.searches.allowCommand(command)
  expect(await client.searches.isCommandAllowed(command)).toEqual({ allowed: true })
})

it('500 malformed calls leave an engine that answers and a disk as it was', async () => {
  const engine = await openForWindow()
  const before = listing(at('theirs'))
  const names = CALLS.map(([name]) => name)
  const field = fc.constantFrom(
    'id',
    'name',
    'path',
    'folder',
    'out',
    'checkpoint',
    'definition',
    'document',
    'trialId',
  )
  const value = fc.oneof(fc.jsonValue(), fc.constantFrom(at('theirs'), '../..', '/', '__proto__', 1e308, -1, ''))
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...names), fc.dictionary(field, value), async (name, input) => {
      await call(engine, name, input).catch(() => undefined)
    }),
    { numRuns: 500 },
  )
  expect(await engine.client.searches.list()).toEqual([])
  expect(listing(at('theirs'))).toEqual(before)
})
