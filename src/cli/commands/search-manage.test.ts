// Runs ended, named and removed by their number, as the window does it.
import { Command } from 'commander'
import { afterEach, expect, it, vi } from 'vitest'
import { fetchTiny, follow, openEngine, tinySearch, type Opened } from '../../engine/testing/open-engine'
import { temporaryFolder } from '../../engine/testing/temporary-folder'
import { searchCommand } from './search'

let engine: Opened
vi.mock('../session', () => ({
  openSession: () =>
    Promise.resolve({ client: engine.client, workspaceFolder: 'workspace', close: () => Promise.resolve() }),
}))

afterEach(() => {
  vi.restoreAllMocks()
  process.exitCode = undefined
})

async function run(...words: string[]): Promise<{ out: string; err: string; code: number }> {
  const written = { out: '', err: '' }
  vi.spyOn(process.stdout, 'write').mockImplementation((piece) => ((written.out += String(piece)), true))
  vi.spyOn(process.stderr, 'write').mockImplementation((piece) => ((written.err += String(piece)), true))
  const program = new Command('gpt-nas').exitOverride()
  searchCommand(program)
  await program.parseAsync(['node', 'gpt-nas', 'search', ...words])
  vi.restoreAllMocks()
  return { ...written, code: Number(process.exitCode ?? 0) }
}

it('stops, renames and removes the run that is named, and no other', async () => {
  engine = await openEngine(temporaryFolder())
  await fetchTiny(engine)
  const { searches } = engine.client
  const kept = await searches.create({ definition: tinySearch({ name: 'kept' }) })
  await follow(engine, kept.id)
  await searches.create({ definition: tinySearch({ name: 'old' }), start: false })

  expect(await run('rename', '2', 'new')).toMatchObject({ code: 0, out: 'Run 2 is now called "new".\n' })
  expect((await searches.list()).map(({ definition }) => definition.name)).toEqual(['new', 'kept'])

  expect(await run('stop', '2')).toMatchObject({ code: 0, out: 'Run 2 is stopped. What is finished stays.\n' })
  expect((await searches.list()).map(({ state }) => state)).toEqual(['stopped', 'finished'])
  const again = await run('stop', '2')
  expect(again).toMatchObject({ code: 1, err: expect.stringContaining('Run 2 is stopped') as string })

  expect(await run('remove', '2')).toMatchObject({ code: 0, out: 'Run 2 "new" is removed.\n' })
  expect((await searches.list()).map(({ id }) => id)).toEqual([kept.id])
  expect((await run('remove', '2')).code).toBe(1)
  expect(await searches.list()).toHaveLength(1)
})

it('takes no run that is not named', async () => {
  engine = await openEngine(temporaryFolder())
  await engine.client.searches.list()
  for (const words of [['stop'], ['remove'], ['rename'], ['rename', '1']])
    await expect(run(...words)).rejects.toThrow(/missing required argument/)
})
