// First light: the sample search on real CIFAR-10 from the command line, and what a kill of a compute, of the engine and of
// everything does to a run. Bounds are those of the issue: 12 trials in 20 minutes on two cores, above 45 % validation accuracy.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Run } from '../src/shared/search/run'
import type { Trial } from '../src/shared/search/trial'
import type { Export } from '../src/shared/contract/exports'
import { atLeast, atMost, checkout, equal, runBench, type BenchOptions, type Check, type Measured } from './harness'

interface SearchResult {
  readonly run: Run
  readonly best: Trial | null
  readonly export: Export | null
}

/** Small enough that three of them fit a minute; long enough to be killed in the middle. */
const SHORT_SEARCH = {
  name: 'Killed in the middle',
  strategy: { name: 'ga' },
  seed: 7,
  populationSize: 3,
  generations: 1,
  space: { minBlocks: 10, maxBlocks: 11, maxMacs: 4_000_000 },
  data: { trainImages: 600, validationImages: 200 },
  recipe: { epochs: 3, batchSize: 50 },
}

class CommandLine {
  readonly child: ChildProcess
  private out = ''
  private readonly lines: string[] = []
  private readonly listeners = new Set<() => void>()
  readonly ended: Promise<number | null>

  constructor(workspace: string, parameters: readonly string[]) {
    this.child = spawn(
      process.execPath,
      [join(checkout, 'out/main/cli.js'), ...parameters, '--workspace', workspace, '--json'],
      { stdio: ['ignore', 'pipe', 'pipe'], detached: true },
    )
    this.child.stdout?.on('data', (chunk: Buffer) => (this.out += chunk.toString('utf8')))
    this.child.stderr?.on('data', (chunk: Buffer) => {
      this.lines.push(...chunk.toString('utf8').split('\n').filter(Boolean))
      for (const listener of this.listeners) listener()
    })
    this.ended = new Promise((resolve) => this.child.once('exit', (code) => resolve(code)))
  }

  /** Resolves when a line of standard error matches; rejects when the command ends first. */
  async line(pattern: RegExp): Promise<void> {
    await Promise.race([
      new Promise<void>((resolve) => {
        const look = (): void => {
          if (!this.lines.some((line) => pattern.test(line))) return
          this.listeners.delete(look)
          resolve()
        }
        this.listeners.add(look)
        look()
      }),
      this.ended.then((code) => {
        throw new Error(
          `The command ended with code ${code} before it said ${String(pattern)}:\n${this.lines.slice(-10).join('\n')}`,
        )
      }),
    ])
  }

  async result<T>(): Promise<T> {
    const code = await this.ended
    try {
      return JSON.parse(this.out) as T
    } catch {
      throw new Error(`The command ended with code ${code} and no JSON:\n${this.lines.slice(-10).join('\n')}`)
    }
  }
}

/** Direct children of a process, from procfs. */
function childrenOf(pid: number): number[] {
  return readdirSync('/proc').flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return []
    try {
      const parent = /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${entry}/status`, 'utf8'))?.[1]
      return Number(parent) === pid ? [Number(entry)] : []
    } catch {
      return [] // it ended while we looked
    }
  })
}

const isAlive = (pid: number): boolean => spawnSync('kill', ['-0', String(pid)]).status === 0

async function trialsOf(workspace: string): Promise<{ run: Run; trials: Trial[] }> {
  return new CommandLine(workspace, ['search', 'show']).result()
}

/** Trials that were finished before must be the same afterwards, to the second they ended. */
function unchanged(before: readonly Trial[], after: readonly Trial[]): number {
  const finished = before.filter(({ state }) => state === 'finished')
  return (
    finished.filter((trial) =>
      after.some(
        (later) => later.id === trial.id && later.finishedAt === trial.finishedAt && later.fitness === trial.fitness,
      ),
    ).length - finished.length
  )
}

async function killACompute(workspace: string, config: string): Promise<{ results: unknown; checks: Check[] }> {
  const search = new CommandLine(workspace, ['search', 'start', '--config', config])
  await search.line(/^Trial \d+:/)
  const [victim] = childrenOf(search.child.pid ?? 0)
  if (victim === undefined) throw new Error('No compute was running when one was to be killed.')
  process.kill(victim, 'SIGKILL')
  const { run } = await search.result<SearchResult>()
  const { trials } = await trialsOf(workspace)
  const attempts = trials.reduce((sum, { attempt }) => sum + attempt, 0)
  return {
    results: { state: run.state, counts: run.counts, attempts },
    checks: [
      equal('compute killed: trials finished', run.counts.finished, SHORT_SEARCH.populationSize),
      equal('compute killed: attempts in all', attempts, SHORT_SEARCH.populationSize + 1),
    ],
  }
}

/** @param kill ends the search, whole or in part, after its first trial */
async function killAndResume(
  what: string,
  workspace: string,
  config: string,
  kill: (pid: number) => void,
): Promise<{ results: unknown; checks: Check[] }> {
  const search = new CommandLine(workspace, ['search', 'start', '--config', config])
  await search.line(/^Trial \d+:/)
  const pid = search.child.pid ?? 0
  const computes = childrenOf(pid)
  kill(pid)
  await search.ended
  const before = await trialsOf(workspace)
  const since = Date.now()
  const resumed = new CommandLine(workspace, ['search', 'resume'])
  const { run } = await resumed.result<SearchResult>()
  const seconds = (Date.now() - since) / 1000
  const after = await trialsOf(workspace)
  const lost = -unchanged(before.trials, after.trials)
  return {
    results: {
      stateAfterKill: before.run.state,
      finishedBefore: before.run.counts.finished,
      resumedSeconds: seconds,
      state: run.state,
      counts: run.counts,
    },
    checks: [
      equal(`${what} killed: listed as interrupted`, Number(before.run.state === 'interrupted'), 1),
      equal(`${what} killed: computes still alive afterwards`, computes.filter(isAlive).length, 0),
      equal(`${what} killed: trials finished after resume`, run.counts.finished, SHORT_SEARCH.populationSize),
      equal(`${what} killed: finished trials lost or repeated`, lost, 0),
      equal(`${what} killed: trials in all`, after.trials.length, SHORT_SEARCH.populationSize),
    ],
  }
}

async function fullSearch(workspace: string, { note }: BenchOptions): Promise<Measured> {
  note('The sample search on CIFAR-10, at most 20 minutes ...')
  const since = Date.now()
  const {
    run,
    best,
    export: exported,
  } = await new CommandLine(workspace, [
    'search',
    'start',
    '--sample',
    'first-light',
    'first-light',
    '--export',
  ]).result<SearchResult>()
  const seconds = (Date.now() - since) / 1000
  const fitness = best?.fitness ?? 0
  return {
    results: {
      seconds,
      counts: run.counts,
      bestValidationAccuracy: fitness,
      parameters: best?.parameters,
      macs: best?.macs,
      proof: exported?.proof,
    },
    checks: [
      equal('trials finished', run.counts.finished + run.counts.failed, 12),
      atMost('seconds for 12 trials, export included', seconds, 1200),
      atLeast('best validation accuracy', fitness, 0.45),
      atMost('largest difference of the exported model', exported?.proof?.largestDifference ?? 1, 1e-4),
    ],
  }
}

void runBench('First light', async (options) => {
  const folder = mkdtempSync(join(tmpdir(), 'gptnas-first-light-'))
  try {
    const config = join(folder, 'search.json')
    writeFileSync(config, JSON.stringify(SHORT_SEARCH))
    const full = options.quick ? { results: {}, checks: [] } : await fullSearch(join(folder, 'full'), options)
    options.note('Killing a compute ...')
    const compute = await killACompute(join(folder, 'compute'), config)
    options.note('Killing the engine ...')
    const engine = await killAndResume('engine', join(folder, 'engine'), config, (pid) => process.kill(pid, 'SIGKILL'))
    options.note('Killing everything ...')
    const everything = await killAndResume('everything', join(folder, 'everything'), config, (pid) =>
      process.kill(-pid, 'SIGKILL'),
    )
    return {
      results: {
        search: full.results,
        computeKilled: compute.results,
        engineKilled: engine.results,
        everythingKilled: everything.results,
      },
      checks: [...full.checks, ...compute.checks, ...engine.checks, ...everything.checks],
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
