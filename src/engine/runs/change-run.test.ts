// What a person changes of a run through the contract: budgets and rates of one that stands, a trial that is ended; and that a replay
// knows of both.
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { RunDefinitionInput } from '@shared/search/run'
import { RUN_STATE_RULES } from '@shared/search/run-states'
import { spaceSchema } from '@shared/spaces/schema'
import { delay } from '@node/waiting'
import { commandOf } from '@shared/evaluators/command'
import { fetchTiny, follow, openEngine, tinySearch, type Opened } from '../testing/open-engine'
import { openDatabase } from '../storage/database'
import { temporaryFolder } from '../testing/temporary-folder'

const space = spaceSchema.parse({
  kind: 'user',
  file: {
    format: 'gptnas-space/1',
    name: 'words',
    positions: ['a', 'b', 'c', 'd'].map((name) => ({ name, choices: ['thin', 'thick', 'wide'] })),
  },
})
/** Answers after a moment; the third never. */
const PROGRAM =
  'const told = JSON.parse(require("fs").readFileSync(0, "utf8")); if (told.trial === 3) setInterval(() => 0, 1000); else setTimeout(() => console.log(JSON.stringify({ fitness: told.macs ?? told.trial % 5 })), 20)'
const slow = (change: Partial<RunDefinitionInput> = {}) =>
  tinySearch({
    space,
    strategy: { name: 'ga' },
    evaluator: { kind: 'command', program: process.execPath, arguments: ['-e', PROGRAM] },
    populationSize: 4,
    generations: 2,
    ...change,
  })

async function started(engine: Opened, definition: ReturnType<typeof slow>): Promise<string> {
  if (definition.evaluator.kind === 'command')
    await engine.client.searches.allowCommand(commandOf(definition.evaluator))
  return (await engine.client.searches.create({ definition })).id
}
async function standing({ client }: Opened, id: string) {
  for (let run = await client.searches.get({ id }); ; run = await client.searches.get({ id })) {
    if (!RUN_STATE_RULES[run.state].isGoing) return run
    await delay(20)
  }
}
/** The trial with that number once it is in a state. */
async function trialIn({ client }: Opened, id: string, number: number, state: string) {
  for (;;) {
    const found = (await client.trials.list({ id })).trials.find((trial) => trial.number === number)
    if (found?.state === state) return found
    await delay(20)
  }
}

describe('a trial that a person ends', () => {
  it('fails with that reason while it goes, and the run goes on', async () => {
    const engine = await openEngine(temporaryFolder())
    const id = await started(engine, slow())
    const { id: trial } = await trialIn(engine, id, 3, 'running')
    await engine.client.trials.end({ id: trial })
    const run = (await follow(engine, id)).at(-1)!.run
    expect(run).toMatchObject({ state: 'finished', counts: { failed: 1 } })
    expect(await trialIn(engine, id, 3, 'failed')).toMatchObject({ error: { message: 'It was ended by hand.' } })
    await expect(engine.client.trials.end({ id: trial })).rejects.toMatchObject({ code: 'conflict' })
    expect(await engine.client.searches.verify({ id })).toMatchObject({ matches: true })
  })

  it('fails while it waits in a paused run, and is not evaluated when that goes on', async () => {
    const engine = await openEngine(temporaryFolder())
    const id = await started(engine, slow())
    await trialIn(engine, id, 3, 'running')
    await engine.client.searches.pause({ id })
    expect((await standing(engine, id)).state).toBe('paused')
    for (const number of [3, 4])
      await engine.client.trials.end({ id: (await trialIn(engine, id, number, 'waiting')).id })
    await engine.client.searches.resume({ id })
    expect(await standing(engine, id)).toMatchObject({ state: 'finished', counts: { failed: 2 } })
  })
})

describe('a run that stands', () => {
  async function paused(engine: Opened, definition: ReturnType<typeof slow>) {
    const id = await started(engine, definition)
    const { id: trial } = await trialIn(engine, id, 3, 'running')
    await engine.client.searches.pause({ id })
    await standing(engine, id)
    await engine.client.trials.end({ id: trial })
    return id
  }

  it('takes more evaluations and other rates, says so in its events, and still matches its replay', async () => {
    const engine = await openEngine(temporaryFolder())
    const id = await paused(engine, slow({ maxEvaluations: 4 }))
    const values = { maxEvaluations: 11, generations: 3, 'strategy.mutationRate': 1 }
    expect((await engine.client.searches.change({ id, values })).counts.planned).toBe(11)
    await engine.client.searches.resume({ id })
    const updates = await follow(engine, id)
    const { run } = updates.at(-1)!
    expect(run).toMatchObject({ state: 'finished', definition: { maxEvaluations: 11, strategy: { mutationRate: 1 } } })
    expect(run.counts.finished + run.counts.failed).toBe(11)
    const messages = updates.flatMap(({ journal }) => journal.map(({ message }) => message)).join('\n')
    expect(messages).toContain(
      'from generation 2 on: generations 3 instead of 2, maxEvaluations 11 instead of 4, strategy.mutationRate 1 instead of 0.3',
    )
    expect(await engine.client.searches.verify({ id })).toMatchObject({ matches: true })
  })

  it('matches after two changes at once, and drifts where nobody knows of them', async () => {
    const folder = temporaryFolder()
    const engine = await openEngine(folder)
    const id = await paused(engine, slow({ seed: 3 }))
    await engine.client.searches.change({ id, values: { 'strategy.mutationRate': 1 } })
    await engine.client.searches.change({ id, values: { 'strategy.mutationRate': 0.9 } })
    await engine.client.searches.resume({ id })
    await standing(engine, id)
    expect(await engine.client.searches.verify({ id })).toMatchObject({ matches: true })
    await engine.close()
    const database = openDatabase(path.join(folder, 'workspace', 'workspace.sqlite'))
    database.exec(`UPDATE run_changes SET generation = 9`)
    database.close()
    const again = await openEngine(folder)
    expect(await again.client.searches.verify({ id })).toMatchObject({ matches: false })
  })

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['another space', { space: { kind: 'block-chain' } }, /space cannot be changed/],
    ['another strategy', { 'strategy.name': 'random' }, /strategy\.name cannot be changed/],
    ['a rate that is none', { 'strategy.mutationRate': 2 }, /mutationRate/],
    ['the rate of another strategy', { 'strategy.aliveSize': 3 }, /aliveSize cannot be changed/],
  ])('refuses %s, and stays as it was', async (_what, values, reason) => {
    const engine = await openEngine(temporaryFolder())
    const { id, definition } = await engine.client.searches.create({ definition: slow(), start: false })
    await expect(engine.client.searches.change({ id, values })).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringMatching(reason) as string,
    })
    expect((await engine.client.searches.get({ id })).definition).toEqual(definition)
  })
})

it('a run that is over is not changed', async () => {
  const engine = await openEngine(temporaryFolder())
  await fetchTiny(engine)
  const id = await started(engine, slow())
  const { id: trial } = await trialIn(engine, id, 3, 'running')
  const change = () => engine.client.searches.change({ id, values: { maxEvaluations: 9 } })
  await engine.client.trials.end({ id: trial })
  await follow(engine, id)
  await expect(change()).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringMatching(/is finished/) as string,
  })
})
