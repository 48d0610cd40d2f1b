// A program of the user's in every way in which one can misbehave, as real processes through the whole contract: the trial fails
// with the reason, nothing of it is left running, and the run goes on.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { commandOf, type CommandDefinition } from '@shared/evaluators/command'
import type { Run, RunDefinition } from '@shared/search/run'
import { RUN_STATE_RULES } from '@shared/search/run-states'
import { spaceSchema } from '@shared/spaces/schema'
import { delay } from '@node/waiting'
import { forkEntry, messageOf } from '../../testing/child'
import { follow, openEngine, tinyChains, tinySearch, type Opened } from '../../testing/open-engine'
import { temporaryFolder } from '../../testing/temporary-folder'
import { MARK } from './guard'

const WORDS = spaceSchema.parse({
  kind: 'user',
  file: {
    format: 'gptnas-space/1',
    name: 'words',
    positions: ['a', 'b', 'c'].map((name) => ({ name, choices: ['thin', 'thick', 'wide'] })),
  },
  table: null,
})

/** Every architecture but the second trial's is answered at once; the second is met with `misbehaviour`. */
const program = (misbehaviour: string): string => `
const fs = require('node:fs')
const { spawn } = require('node:child_process')
const told = JSON.parse(fs.readFileSync(0, 'utf8'))
const answer = () => console.log(JSON.stringify({ fitness: told.trial, costs: { places: told.names.length } }))
if (told.trial !== 2) { console.log('thinking'); answer() }
else { ${misbehaviour} }
`

interface Tried extends Partial<Omit<CommandDefinition, 'kind' | 'folder' | 'program'>> {
  readonly run?: Partial<Parameters<typeof tinySearch>[0]>
}

/** A search of three trials with a program in JavaScript. */
function searchWith(folder: string, source: string, { run, ...settings }: Tried = {}): RunDefinition {
  const file = path.join(folder, 'program.js')
  writeFileSync(file, source)
  return tinySearch({
    strategy: { name: 'random' },
    space: WORDS,
    populationSize: 3,
    generations: 1,
    evaluator: { kind: 'command', program: process.execPath, arguments: [file], folder, timeLimit: 20, ...settings },
    ...run,
  })
}

async function tried(source: string, settings: Tried = {}) {
  const folder = temporaryFolder()
  const engine = await openEngine(folder)
  const definition = searchWith(folder, source, settings)
  if (definition.evaluator.kind === 'command')
    await engine.client.searches.allowCommand(commandOf(definition.evaluator))
  const { id } = await engine.client.searches.create({ definition })
  const updates = await follow(engine, id)
  const { run } = updates.at(-1)!
  const journal = updates.flatMap((update) => update.journal)
  const { trials } = await engine.client.trials.list({ id })
  const logs = path.join(folder, 'workspace', 'commands', `run-${run.number}`)
  const log = (trial: number): string => readFileSync(path.join(logs, `trial-${trial}.log`), 'utf8')
  return { run, trials, journal, log, logs, folder, engine }
}

/** Environments of all processes that this user may see. */
const environments = (): string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/environ`, 'latin1')]
      } catch {
        return [] // it has just ended, or is somebody else's
      }
    })
const left = (folder: string): number =>
  environments().filter((text) => text.includes(`${MARK}=`) && text.includes(folder)).length

describe('a program that evaluates', () => {
  it('gets the architecture as a file and on its standard input, and gives fitness and costs', async () => {
    const check =
      'if (fs.readFileSync(process.env.GPTNAS_FILE, "utf8") !== JSON.stringify(told) + "\\n") process.exit(9); answer()'
    const { run, trials, log, logs } = await tried(program(check))
    expect(run).toMatchObject({ state: 'finished', counts: { finished: 3, failed: 0 } })
    expect(trials.map(({ fitness, costs }) => ({ fitness, costs }))).toEqual(
      [1, 2, 3].map((fitness) => ({ fitness, costs: { places: 3 } })),
    )
    expect(log(1)).toContain('thinking\n{"fitness":1')
    expect(existsSync(path.join(logs, 'trial-1'))).toBe(false)
  })

  it('is told the network where the space has one', async () => {
    const source = `const told = JSON.parse(require('node:fs').readFileSync(process.argv[2], 'utf8'))
      console.log(JSON.stringify({ fitness: told.graph.layers.length, costs: { macs: told.macs } }))`
    const folder = temporaryFolder()
    const definition = searchWith(folder, source, { run: { space: tinyChains() } })
    const evaluator = definition.evaluator as CommandDefinition
    const engine = await openEngine(folder)
    const withFile = { ...evaluator, arguments: [...evaluator.arguments, '{file}'], imageShape: [16, 16, 1] as const }
    await engine.client.searches.allowCommand(commandOf(withFile))
    const { id } = await engine.client.searches.create({
      definition: { ...definition, evaluator: { ...withFile, imageShape: [16, 16, 1] } },
    })
    await follow(engine, id)
    const { trials } = await engine.client.trials.list({ id })
    for (const { fitness, costs, macs } of trials) {
      expect(fitness).toBeGreaterThan(3)
      expect(costs['macs']).toBe(macs)
    }
  })
})

describe.each<[string, string, RegExp, Tried?]>([
  ['hangs', 'setInterval(() => undefined, 1000)', /ended after 0.5 s/, { timeLimit: 0.5 }],
  [
    'hangs and will not be asked to end',
    'process.on("SIGTERM", () => undefined); setInterval(() => undefined, 1000)',
    /ended after 0.5 s/,
    { timeLimit: 0.5 },
  ],
  ['prints rubbish', 'console.log("{fitness: high}\\n\\u0000\\u0001{")', /without printing a fitness.*Its last words/],
  ['prints no number', 'console.log("{\\"fitness\\": NaN}")', /cannot be read: .*NaN/],
  ['prints a word for a number', 'console.log("{\\"fitness\\": \\"high\\"}")', /cannot be read: fitness/],
  ['prints nothing', 'process.exit(0)', /It printed nothing/],
  ['says itself that it cannot', 'console.log(JSON.stringify({ error: "needs more memory" }))', /^needs more memory$/],
  ['ends with a code', 'answer(); console.error("no such layer"); process.exitCode = 3', /code 3.*no such layer/],
  ['dies', 'process.kill(process.pid, "SIGSEGV")', /killed by SIGSEGV/],
  [
    'floods its output',
    'const chunk = "x".repeat(65536); const on = () => { while (process.stdout.write(chunk)); process.stdout.once("drain", on) }; on()',
    /printed more than 268435456 bytes/,
  ],
])('a program that %s', (_what, misbehaviour, reason, settings = {}) => {
  it('fails its trial with the reason, and the run goes on', async () => {
    const { run, trials, log, folder } = await tried(program(misbehaviour), settings)
    expect(run).toMatchObject({ state: 'finished', counts: { finished: 2, failed: 1 } })
    expect(trials[1]!.error?.message).toMatch(reason)
    expect(trials[1]!.error?.fix).toContain('trial-2.log')
    expect(log(2).length).toBeLessThan(1.1 * 1024 * 1024)
    expect(left(folder)).toBe(0)
  })
})

describe('what a program has started', () => {
  const sleepers = (options: string): string => `
    for (let i = 0; i < 40; i++) spawn('sleep', ['600'], { stdio: 'ignore', ${options} }).unref()
    setTimeout(() => { answer(); process.exit(0) }, 100)`

  it('ends with it, also where it has left the group, and the answer counts', async () => {
    for (const options of ['', 'detached: true']) {
      const { run, folder } = await tried(program(sleepers(options)))
      expect(run).toMatchObject({ state: 'finished', counts: { finished: 3 } })
      expect(left(folder)).toBe(0)
    }
  })

  it('ends at the time limit, children that start children among it', async () => {
    const breed = `const breed = "sleep 0.01; for i in 1 2; do sh -c \\"$BREED\\" & done; sleep 600"
      for (let i = 0; i < 3; i++) spawn('sh', ['-c', breed.slice(0)], { env: { ...process.env, BREED: 'setsid sleep 600 & sleep 600' } })
      setInterval(() => undefined, 1000)`
    const { trials, folder } = await tried(program(breed), { timeLimit: 0.7 })
    expect(trials[1]!.error?.code).toBe('time-limit')
    expect(left(folder)).toBe(0)
  })
})

describe('an engine that is killed', () => {
  it('leaves nothing running of the program that it had started', async () => {
    const folder = temporaryFolder()
    const engine = await forkEntry(path.join(__dirname, '../../testing/killed-command.ts'), [folder])
    await messageOf(engine, (message) => message === 'started')
    expect(left(folder)).toBeGreaterThanOrEqual(3)
    engine.kill('SIGKILL')
    for (let waited = 0; left(folder) > 0 && waited < 10_000; waited += 50) await delay(50)
    expect(left(folder)).toBe(0)
  })
})

describe('a program that fails now and then', () => {
  it('is started again as often as allowed, and its log holds every start', async () => {
    const once = 'if (process.env.GPTNAS_START === "1") { console.log("card is busy"); process.exit(4) } else answer()'
    const { run, trials, journal, log } = await tried(program(once), { retries: 2 })
    expect(run.counts).toMatchObject({ finished: 3, failed: 0 })
    expect(trials[1]!.fitness).toBe(2)
    expect(log(2)).toMatch(/start 1 of at most 3[^]*card is busy[^]*start 2 of at most 3/)
    expect(journal.map(({ message }) => message).join('\n')).toMatch(/code 4.*started again \(1 of 2\)/)
  })

  it('is not started again where it has told the reason itself', async () => {
    const { log } = await tried(program('console.log(JSON.stringify({ error: "too deep" }))'), { retries: 2 })
    expect(log(2)).not.toContain('start 2')
  })
})

/** A run once it goes no more, also where it may be resumed. */
async function standing({ client }: Opened, id: string): Promise<Run> {
  for (let run = await client.searches.get({ id }); ; run = await client.searches.get({ id })) {
    if (!RUN_STATE_RULES[run.state].isGoing) return run
    await delay(20)
  }
}

describe('a command that nobody on this machine has allowed', () => {
  it('starts nothing; allowed, the same run goes on', async () => {
    const folder = temporaryFolder()
    const engine = await openEngine(folder)
    const definition = searchWith(folder, program('answer()'))
    const { id } = await engine.client.searches.create({ definition })
    const refused = await standing(engine, id)
    expect(refused).toMatchObject({ state: 'failed', error: { code: 'conflict' } })
    expect(refused.error?.message).toContain(path.join(folder, 'program.js'))
    const command = commandOf(definition.evaluator as CommandDefinition)
    // Other arguments are another command.
    await engine.client.searches.allowCommand({ ...command, arguments: ['-e', '1'] })
    expect(await engine.client.searches.isCommandAllowed(command)).toEqual({ allowed: false })
    await engine.client.searches.allowCommand(command)
    await engine.client.searches.resume({ id })
    expect(await standing(engine, id)).toMatchObject({ state: 'finished', counts: { finished: 3 } })
  })
})

describe('a definition with a command', () => {
  it.each([
    [{ program: '' }, /needs a program/],
    [{ program: 'no-such-program-anywhere' }, /No program "no-such-program-anywhere"/],
    [{ program: '/etc/passwd' }, /may not be executed/],
    [{ folder: '/no/such/folder' }, /no folder \/no\/such\/folder/],
  ])('is refused before a run exists: %j', async (change, reason) => {
    const folder = temporaryFolder()
    const engine = await openEngine(folder)
    const definition = searchWith(folder, '')
    const changed = { ...definition, evaluator: { ...(definition.evaluator as CommandDefinition), ...change } }
    expect((await engine.client.searches.check({ definition: changed })).problems).toEqual([
      expect.stringMatching(reason),
    ])
    await expect(engine.client.searches.create({ definition: changed })).rejects.toMatchObject({
      code: 'invalid-input',
    })
  })
})
