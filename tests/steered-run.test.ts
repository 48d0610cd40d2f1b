// A run that one process holds, steered from others as they are started by hand: the built command line twice and more, on one workspace.
// What it does to the run, and what is refused, is told where it was asked; the run's events say who asked.
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readJournal } from '../src/engine/storage/journal'
import { listRuns } from '../src/engine/storage/runs'
import { openStore } from '../src/engine/storage/store'
import { listTrials } from '../src/engine/storage/trials'

const SPACE = {
  format: 'gptnas-space/1',
  name: 'recipes',
  positions: ['a', 'b', 'c', 'd'].map((name) => ({ name, choices: ['sgd', 'adam', 'lion'] })),
}
/** Says that it has begun, and goes on when the test lets it. */
const PROGRAM = `#!/bin/sh
cd "$(dirname "$0")"
echo "$GPTNAS_TRIAL" >> begun
touch "begun-$GPTNAS_TRIAL"
while [ ! -e go ]; do sleep 0.05; done
echo "{\\"fitness\\": $GPTNAS_TRIAL}"
`
const LION = 2

/** What of scripts/setup/build.mjs is used here; scripts are plain JavaScript without declarations. */
interface Build {
  readonly buildIfStale: (report: { line(text: string): void }) => Promise<boolean>
  readonly cliEntry: () => string
}
interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

let folder = ''
let entry = ''
let holder: ChildProcess | undefined
const workspace = () => path.join(folder, 'workspace')
const file = (name: string) => path.join(folder, name)

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gptnas-steered-'))
  const build = (await import(path.resolve(__dirname, '../scripts/setup/build.mjs'))) as Build
  await build.buildIfStale({ line: () => undefined })
  entry = build.cliEntry()
}, 300_000)
afterAll(() => {
  holder?.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

function start(parameters: readonly string[]): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const child = spawn(process.execPath, [entry, 'search', ...parameters, '--workspace', workspace()], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, GPTNAS_CACHE: file('cache') },
  })
  let [out, err] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')))
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString('utf8')))
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, out, err }))
  })
  return { child, ended }
}
const gptNas = (...parameters: string[]): Promise<Ended> => start(parameters).ended

async function until(isThere: () => boolean, ended: Promise<Ended>): Promise<void> {
  let told: Ended | undefined
  void ended.then((end) => (told = end))
  while (!isThere()) {
    if (told !== undefined) throw new Error(`the search has ended with ${told.code}: ${told.err}${told.out}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

it('obeys another process in budget, rules, order, architectures and ends, and tells it what it refuses', async () => {
  writeFileSync(file('space.json'), JSON.stringify(SPACE))
  writeFileSync(file('evaluate.sh'), PROGRAM, { mode: 0o755 })
  const config = {
    ...{ name: 'Steered', strategy: 'random', populationSize: 4, generations: 2, computes: 1 },
    space: { kind: 'user', file: 'space.json' },
    evaluator: { kind: 'command', program: './evaluate.sh', arguments: [] },
  }
  writeFileSync(file('search.json'), JSON.stringify(config))
  const { child, ended } = start(['start', '--config', file('search.json'), '--json'])
  holder = child
  await until(() => existsSync(file('begun-1')), ended)

  const changed = await gptNas('change', '1', '--set', 'generations=3', '--set', 'bans=["lion"]')
  expect(changed).toMatchObject({ code: 0, out: expect.stringContaining('12 evaluations') as string })
  writeFileSync(file('mine.json'), JSON.stringify({ space: 'recipes', choices: '0101' }))
  const injected = await gptNas('inject', '1', file('mine.json'))
  expect(injected).toMatchObject({ code: 0, out: expect.stringContaining('It is trial 5 of run 1.') as string })
  expect((await gptNas('queue', '1', '--first', '4,5')).code).toBe(0)

  // Refused by the holder, in its words, and by who asks.
  writeFileSync(file('banned.json'), JSON.stringify({ space: 'recipes', choices: '0002' }))
  const refused = await Promise.all([
    gptNas('inject', '1', file('banned.json')),
    gptNas('inject', '1', file('mine.json')),
    gptNas('change', '1', '--set', 'seed=3'),
    gptNas('end-trial', '1', '99'),
    gptNas('remove', '1'),
  ])
  expect(refused.map(({ code }) => code)).toEqual([1, 1, 1, 1, 1])
  const reasons = [
    /lion/,
    /has this architecture: it is trial 5/,
    /seed cannot be changed/,
    /no trial 99/,
    /held|holds/i,
  ]
  for (const [i, reason] of reasons.entries()) expect(refused[i]?.err).toMatch(reason)

  expect((await gptNas('end-trial', '1', '1')).code).toBe(0)
  writeFileSync(file('go'), '')
  const end = await ended
  expect(end.code, end.err).toBe(0)
  // Nobody holds it any more: the same words are refused for what the run is.
  expect((await gptNas('change', '1', '--set', 'generations=5')).err).toMatch(/finished/)

  const store = openStore(workspace())
  try {
    const [run] = await listRuns(store.db)
    const trials = await listTrials(store.db, run?.id ?? '')
    const lines = (await readJournal(store.db, run?.id ?? '')).map(({ message }) => message)
    expect(new Set(trials.map(({ evaluationKey }) => evaluationKey)).size).toBe(12)
    expect(trials[0]).toMatchObject({ state: 'failed', error: { code: 'cancelled' } })
    expect(trials[4]).toMatchObject({ state: 'finished', origin: { operator: 'injected' } })
    const choices = trials.map(({ genotype }) => String((genotype as { readonly choices: string }).choices))
    expect(choices.slice(4).filter((each) => each.includes(String(LION)))).toEqual([])
    const finished = trials.filter(({ state }) => state === 'finished')
    const ends = [...finished].sort((a, b) => String(a.finishedAt).localeCompare(String(b.finishedAt)))
    expect(ends.map(({ number }) => number).indexOf(4)).toBeLessThan(ends.map(({ number }) => number).indexOf(5))
    const asked = lines.filter((line) => line.startsWith('Asked for from another program (process '))
    expect(asked.map((line) => line.split('): ')[1])).toEqual([
      ...['change.', 'put an architecture in.', 'change the order of what waits.', 'end a trial.'],
    ])
    expect(readdirSync(store.folders.requests)).toEqual([])
  } finally {
    await store.close()
  }
}, 300_000)
