// npm run bench:kills: an engine is killed at random moments of its searches, again and again in each. Every search must come to
// the end of an undisturbed one; no finished trial may be lost or trained again.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { createRandom } from '../src/shared/random'
import { resultsOf, searchToEnd, type Results } from '../tests/faults/search-child'
import { atLeast, equal, runBench } from './harness'

const CHILD = '--search-in'
const KILLS = { full: 100, quick: 10 }
/** Of one search; after that it may come to its end. */
const KILLS_PER_SEARCH = 5
/** From a child's first sign of life: about what its whole search takes. */
const LATEST_MS = 400
const HANG_MS = 60_000

interface Life {
  /** Killed, or ended by itself. */
  readonly wasKilled: boolean
  readonly code: number | null
  /** Trials that it began. */
  readonly begun: readonly number[]
}

async function live(folder: string, killAfterMs: number | null): Promise<Life> {
  const child = fork(process.argv[1]!, [CHILD, folder], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const begun: number[] = []
  let timer: NodeJS.Timeout | undefined
  const kill = (): void => void child.kill('SIGKILL')
  const hang = setTimeout(kill, HANG_MS)
  child.on('message', (trial) => {
    begun.push(Number(trial))
    if (killAfterMs !== null) timer ??= setTimeout(kill, killAfterMs)
  })
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
  clearTimeout(timer)
  clearTimeout(hang)
  return { wasKilled: signal === 'SIGKILL', code, begun }
}

async function measure(folder: string, wanted: number, note: (line: string) => void) {
  const undisturbedIn = join(folder, 'undisturbed')
  mkdirSync(undisturbedIn)
  await live(undisturbedIn, null)
  const undisturbed = await resultsOf(undisturbedIn)
  const random = createRandom(2026).fork('kills')
  let kills = 0
  let lost = 0
  let again = 0
  let badEnds = 0
  const different: { readonly search: number; readonly results: Results }[] = []
  let search = 0
  for (; kills < wanted; search++) {
    const place = join(folder, `search-${search}`)
    mkdirSync(place)
    let finished = new Map<number, number | null>()
    for (let life = 0; ; life++) {
      const mayKill = life < KILLS_PER_SEARCH && kills < wanted
      const { wasKilled, code, begun } = await live(place, mayKill ? random.integer(LATEST_MS) : null)
      again += begun.filter((number) => finished.has(number)).length
      const results = await resultsOf(place)
      const now = new Map(
        results.trials.flatMap((t) => (t.state === 'finished' ? [[t.number, t.fitness] as const] : [])),
      )
      for (const [number, fitness] of finished) if (now.get(number) !== fitness) lost++
      lost += results.trials.filter(({ state, weightsSha256 }) => state === 'finished' && weightsSha256 === null).length
      finished = now
      if (wasKilled) kills++
      if (!wasKilled && code !== 0) badEnds++
      if (!wasKilled || life > KILLS_PER_SEARCH) {
        if (!isDeepStrictEqual(results, undisturbed)) different.push({ search, results })
        break
      }
    }
    note(`${kills} of ${wanted} kills in ${search + 1} searches`)
    rmSync(place, { recursive: true, force: true })
  }
  return {
    results: { searches: search, trialsOfEach: undisturbed.trials.length, different },
    checks: [
      atLeast('trials of the undisturbed search', undisturbed.trials.length, 1),
      equal('kills', kills, wanted),
      equal('finished trials lost or changed', lost, 0),
      equal('finished trials trained again', again, 0),
      equal('searches that end otherwise than undisturbed', different.length, 0),
      equal('engines that ended by themselves before their search', badEnds, 0),
    ],
  }
}

if (process.argv[2] === CHILD) {
  void searchToEnd(process.argv[3]!, (trial) => process.send?.(trial)).then(() => process.exit(0))
} else {
  void runBench('Kills', async ({ quick, note }) => {
    const folder = mkdtempSync(join(tmpdir(), 'gptnas-kills-'))
    try {
      return await measure(folder, quick ? KILLS.quick : KILLS.full, note)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
}
