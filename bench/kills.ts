// npm run bench:kills: searches are killed at random moments, again and again in each: the engine, the compute, or everything at
// once. Every search must come to the trial list of an undisturbed one; no finished trial may be lost or trained again.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { createRandom } from '../src/shared/random'
import { atLeast, equal, runBench, type BenchOptions, type Check } from './harness'
import { CHILD, live, VICTIMS, type Victim } from './kills/killer'
import { prepare, searchIn, trialListOf, type Kind, type TrialList } from './kills/searches'

interface Campaign {
  readonly kind: Kind
  readonly strategies: readonly string[]
  readonly victims: readonly Victim[]
  readonly full: number
  readonly quick: number
  /** Of one search; after that it may come to its end. One compute at most: a trial is given up after its third death. */
  readonly perSearch: number
}

const CAMPAIGNS: readonly Campaign[] = [
  { kind: 'toy', strategies: ['ga'], victims: ['engine', 'everything'], full: 50, quick: 4, perSearch: 5 },
  {
    kind: 'table',
    strategies: ['ga', 'regularised-evolution', 'gp-ei'],
    victims: ['engine', 'everything'],
    full: 20,
    quick: 3,
    perSearch: 4,
  },
  { kind: 'training', strategies: ['ga'], victims: VICTIMS, full: 30, quick: 3, perSearch: 3 },
]

const finishedIn = ({ trials }: TrialList): Map<number, number | null> =>
  new Map(trials.flatMap(({ number, state, fitness }) => (state === 'finished' ? [[number, fitness] as const] : [])))

/** Twice the same number, or a hole. */
const isListOf = ({ trials }: TrialList): boolean => trials.every(({ number }, at) => number === trials[0]!.number + at)

async function run(campaign: Campaign, folder: string, { quick, note }: BenchOptions) {
  const { kind, strategies, victims, perSearch } = campaign
  const wanted = quick ? campaign.quick : campaign.full
  const random = createRandom(2026).fork(kind)
  const kills: Victim[] = []
  const found = { lost: 0, doubled: 0, again: 0, badEnds: 0, hangs: 0, orphans: 0 }
  const different: { readonly search: number; readonly results: TrialList }[] = []
  const undisturbed = new Map<string, { readonly list: TrialList; readonly ms: number }>()
  for (const strategy of strategies) {
    const place = join(folder, `${kind}-${strategy}-undisturbed`)
    mkdirSync(place)
    prepare(kind, place)
    const { ms } = await live({ kind, strategy, folder: place, victims: [], latestMs: 1, random })
    undisturbed.set(strategy, { list: await trialListOf(kind, place), ms })
  }
  let search = 0
  for (; kills.length < wanted; search++) {
    const strategy = strategies[search % strategies.length]!
    const { list, ms } = undisturbed.get(strategy)!
    const place = join(folder, `${kind}-${search}`)
    mkdirSync(place)
    prepare(kind, place)
    // In turn, so that each comes.
    const plan = Array.from(
      { length: Math.min(perSearch, wanted - kills.length) },
      (_, at) => victims[(kills.length + at) % victims.length]!,
    )
    let finished = new Map<number, number | null>()
    for (;;) {
      const life = await live({ kind, strategy, folder: place, victims: plan, latestMs: ms, random })
      kills.push(...life.kills)
      found.orphans += life.orphans
      if (life.hung) found.hangs++
      found.again += [...life.begun].filter((number) => finished.has(number)).length
      const results = await trialListOf(kind, place)
      const now = finishedIn(results)
      for (const [number, fitness] of finished) if (now.get(number) !== fitness) found.lost++
      found.lost += results.lostWeights
      if (!isListOf(results)) found.doubled++
      finished = now
      if (life.wasKilled) continue
      if (life.code !== 0) found.badEnds++
      if (!isDeepStrictEqual(results, list)) different.push({ search, results })
      break
    }
    note(`${kind}: ${kills.length} of ${wanted} kills in ${search + 1} searches`)
    rmSync(place, { recursive: true, force: true })
  }
  const trials = Math.min(...[...undisturbed.values()].map(({ list }) => list.trials.length))
  const of = (what: string): string => `${kind}: ${what}`
  const checks: Check[] = [
    atLeast(of('trials of the undisturbed search'), trials, 6),
    equal(of('kills'), kills.length, wanted),
    equal(of('finished trials lost or changed'), found.lost, 0),
    equal(of('searches with a trial twice or none in its place'), found.doubled, 0),
    equal(of('finished trials trained again'), found.again, 0),
    equal(of('trial lists other than undisturbed'), different.length, 0),
    equal(of('engines that ended by themselves before their search'), found.badEnds, 0),
    equal(of('searches that hang'), found.hangs, 0),
    equal(of('computes that outlive their engine'), found.orphans, 0),
  ]
  const killed = Object.fromEntries(victims.map((victim) => [victim, kills.filter((each) => each === victim).length]))
  return { results: { searches: search, trialsOfEach: trials, killed, different }, checks }
}

async function measure(folder: string, options: BenchOptions) {
  const ended = []
  for (const campaign of CAMPAIGNS) ended.push({ campaign, ...(await run(campaign, folder, options)) })
  return {
    results: Object.fromEntries(ended.map(({ campaign, results }) => [campaign.kind, results])),
    checks: ended.flatMap(({ checks }) => checks),
  }
}

if (process.argv[2] === CHILD) {
  const [kind, folder, strategy] = process.argv.slice(3) as [Kind, string, string]
  void searchIn(kind, folder, strategy, (news) => process.send?.(news)).then(() => process.exit(0))
} else {
  void runBench('Kills', async (options) => {
    const folder = mkdtempSync(join(tmpdir(), 'gptnas-kills-'))
    try {
      return await measure(folder, options)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
}
