// npm run bench:kills: searches are killed at random moments, again and again in each: the engine, the compute, or everything at
// once. Every search must come to the trial list of an undisturbed one; no finished trial may be lost or trained again. One that is
// steered from elsewhere meanwhile has no undisturbed one: there, what was asked must be so once, and a replay must match.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { createRandom } from '../src/shared/random'
import { atLeast, equal, runBench, type BenchOptions, type Check } from './harness'
import { FEATURES, featuresIn, type Feature } from './kills/features'
import { CHILD, live, VICTIMS, type Victim } from './kills/killer'
import { askAgainAndAgain, obeyed } from './kills/asker'
import { POSITIONS, prepare, searchIn, trialListOf, WORDS, type Kind, type TrialList } from './kills/searches'

interface Campaign {
  readonly kind: Kind
  readonly strategies: readonly string[]
  readonly victims: readonly Victim[]
  readonly full: number
  readonly quick: number
  /** Of one search; after that it may come to its end. One compute at most: a trial is given up after its third death. */
  readonly perSearch: number
  /** Another process puts architectures in all the while. */
  readonly isSteered?: true
  /** What the undisturbed search must have. */
  readonly has?: readonly Feature[]
}

/** Share of an undisturbed search's time within which a kill comes however long it has lived: work that was lost is done again. */
const LEAST_AIM = 0.25
/** `-- --only ladder steered`: those alone. */
const ONLY = '--only'
/** `-- --kills 5`: so many of each. */
const KILLS = '--kills'
const given = (option: string): number | undefined => {
  const at = process.argv.indexOf(option)
  return at < 0 ? undefined : Number(process.argv[at + 1])
}

const CAMPAIGNS: readonly Campaign[] = [
  { kind: 'toy', strategies: ['ga'], victims: ['engine', 'everything'], full: 50, quick: 4, perSearch: 5 },
  {
    kind: 'ladder',
    strategies: ['ga', 'gp-ei'],
    victims: ['engine', 'everything'],
    full: 40,
    quick: 3,
    perSearch: 5,
    has: ['promotions', 'confirmations'],
  },
  {
    kind: 'table',
    strategies: ['ga', 'regularised-evolution', 'gp-ei'],
    victims: ['engine', 'everything'],
    full: 20,
    quick: 3,
    perSearch: 4,
  },
  { kind: 'steered', strategies: ['ga'], victims: ['engine'], full: 20, quick: 2, perSearch: 4, isSteered: true },
  { kind: 'tuned', strategies: ['random'], victims: ['engine'], full: 20, quick: 2, perSearch: 4 },
  // Quickly, those that save do: they do all that these do, and more.
  { kind: 'training', strategies: ['ga'], victims: VICTIMS, full: 30, quick: 0, perSearch: 3 },
  { kind: 'saving', strategies: ['ga'], victims: VICTIMS, full: 15, quick: 3, perSearch: 3, has: FEATURES },
]

const finishedIn = ({ trials }: TrialList): Map<number, number | null> =>
  new Map(trials.flatMap(({ number, state, fitness }) => (state === 'finished' ? [[number, fitness] as const] : [])))

/** Twice the same number, or a hole. */
const isListOf = ({ trials }: TrialList): boolean => trials.every(({ number }, at) => number === trials[0]!.number + at)

async function run(campaign: Campaign, folder: string, { quick, note }: BenchOptions) {
  const { kind, strategies, victims, perSearch, isSteered = false, has = [] } = campaign
  const wanted = given(KILLS) ?? (quick ? campaign.quick : campaign.full)
  const random = createRandom(2026).fork(kind)
  const kills: Victim[] = []
  const found = { lost: 0, doubled: 0, again: 0, badEnds: 0, hangs: 0, orphans: 0, drifts: 0, left: 0 }
  const steered: Record<string, number> = {}
  const different: { readonly search: number; readonly results: TrialList }[] = []
  const undisturbed = new Map<string, { readonly list: TrialList; readonly ms: number }>()
  const undisturbedOf = async (strategy: string) => {
    const known = undisturbed.get(strategy)
    if (known !== undefined) return known
    const place = join(folder, `${kind}-${strategy}-undisturbed`)
    mkdirSync(place)
    prepare(kind, place)
    const { ms } = await live({ kind, strategy, folder: place, victims: [], latestMs: 1, random })
    const found = { list: await trialListOf(kind, place), ms }
    undisturbed.set(strategy, found)
    return found
  }
  let search = 0
  for (; kills.length < wanted; search++) {
    const strategy = strategies[search % strategies.length]!
    const { list, ms } = await undisturbedOf(strategy)
    const place = join(folder, `${kind}-${search}`)
    mkdirSync(place)
    prepare(kind, place)
    // In turn, so that each comes.
    const plan = Array.from(
      { length: Math.min(perSearch, wanted - kills.length) },
      (_, at) => victims[(kills.length + at) % victims.length]!,
    )
    let finished = new Map<number, number | null>()
    let stored = new Set<string>()
    let runId: string | undefined
    let lived = 0
    const words = { positions: POSITIONS, of: WORDS.length, random: random.fork(`asked-${search}`) }
    const asker = isSteered ? askAgainAndAgain(place, () => runId, words) : undefined
    for (;;) {
      const onRun = (id: string): void => void (runId = id)
      // Within what is left of the search, or most would come when it is over.
      const latestMs = Math.ceil(Math.max(ms * LEAST_AIM, ms - lived))
      const life = await live({ kind, strategy, folder: place, victims: plan, latestMs, random, onRun })
      lived += life.ms
      kills.push(...life.kills)
      found.orphans += life.orphans
      if (life.hung) found.hangs++
      found.again += [...life.begun].filter((number) => finished.has(number)).length
      found.again += [...life.trained].filter((epoch) => stored.has(epoch)).length
      const results = await trialListOf(kind, place)
      stored = new Set(results.epochs.map((line) => line.split(' ')[0]!))
      const now = finishedIn(results)
      for (const [number, fitness] of finished) if (now.get(number) !== fitness) found.lost++
      found.lost += results.lostWeights
      if (!isListOf(results)) found.doubled++
      finished = now
      if (life.wasKilled) continue
      if (life.code !== 0) found.badEnds++
      if (life.verified === false) found.drifts++
      found.left += results.leftCheckpoints
      if (!isSteered && !isDeepStrictEqual(results, list)) different.push({ search, results })
      break
    }
    if (asker !== undefined) {
      await asker.stop()
      const counts = await obeyed(place, asker.asked)
      for (const [what, count] of Object.entries(counts)) steered[what] = (steered[what] ?? 0) + count
    }
    note(`${kind}: ${kills.length} of ${wanted} kills in ${search + 1} searches`)
    rmSync(place, { recursive: true, force: true })
  }
  const lists = [...undisturbed.values()].map(({ list }) => list)
  const trials = Math.min(...lists.map((list) => list.trials.length))
  const features = lists.map(featuresIn)
  const of = (what: string): string => `${kind}: ${what}`
  const checks: Check[] = [
    atLeast(of('trials of the undisturbed search'), trials, 6),
    ...has.map((feature) =>
      atLeast(of(`${feature} in the undisturbed search`), Math.min(...features.map((each) => each[feature])), 1),
    ),
    ...(kind === 'tuned' ? [atLeast(of('proposers of the undisturbed'), lists[0]?.proposers.length ?? 0, 1)] : []),
    equal(of('kills'), kills.length, wanted),
    equal(of('finished trials lost or changed'), found.lost, 0),
    equal(of('searches with a trial twice or none in its place'), found.doubled, 0),
    equal(of('finished trials trained again'), found.again, 0),
    equal(of('trial lists, or proposers, other than undisturbed'), different.length, 0),
    equal(of('engines that ended by themselves before their search'), found.badEnds, 0),
    equal(of('searches that hang'), found.hangs, 0),
    equal(of('computes that outlive their engine'), found.orphans, 0),
    equal(of('replays that drift'), found.drifts, 0),
    equal(of('folders of checkpoints left'), found.left, 0),
    ...(isSteered
      ? [
          atLeast(of('requests done'), steered['done'] ?? 0, wanted),
          equal(of('requests told as done and not so once'), steered['broken'] ?? 0, 0),
          equal(of('requests done though refused'), steered['against'] ?? 0, 0),
          equal(of('requests done without an event'), steered['unjournalled'] ?? 0, 0),
          equal(of('files of requests left'), steered['left'] ?? 0, 0),
        ]
      : []),
  ]
  const killed = Object.fromEntries(victims.map((victim) => [victim, kills.filter((each) => each === victim).length]))
  return {
    results: { searches: search, trialsOfEach: trials, features, killed, different, ...(isSteered && { steered }) },
    checks,
  }
}

async function measure(folder: string, options: BenchOptions) {
  const ended = []
  const isChosen = ({ kind, quick }: Campaign): boolean =>
    process.argv.includes(ONLY) ? process.argv.includes(kind) : !options.quick || quick > 0
  const chosen = CAMPAIGNS.filter(isChosen)
  for (const campaign of chosen) ended.push({ campaign, ...(await run(campaign, folder, options)) })
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
