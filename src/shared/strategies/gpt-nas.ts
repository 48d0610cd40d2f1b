// The workbench's own GPT-NAS: a relational GPT picks what is evaluated first, a surrogate that learns from every result picks the
// rest (docs/method.md#first-picks). What the GPT adds is seen early; docs/search.md has the figures and their controls.
import { z } from 'zod'
import type { Breathe } from '../breathe'
import { setting } from '../search/settings'
import type { OperationGraph } from '../language/graphs/operation-graph'
import type { Candidate } from '../surrogate/candidates'
import type { SurrogateSearch } from '../surrogate/surrogate-search'
import { chainPicks } from './chain-picks'
import { firstPicks, hasMeaning, readableGraph } from './first-picks'
import { opinionOf } from './opinion'
import { knownKeys } from './freshness'
import { initialPopulation, randomProposals } from './initial'
import { withSessions } from './sessions'
import type { GraphJudge, Proposal, Strategy, StrategyContext } from './strategy'
import type { Genotype } from '../spaces/space'

/** No search asks as much: of 250 results about 300 candidates. */
export const ALL_QUESTIONS = 1_000_000

/** Checkpoints of preset `chains` that come with the product; a run keeps the one it began with. */
export const CHAIN_JUDGES = ['chains-1', 'none'] as const
const SURROGATES = ['both', 'gaussian-process', 'in-context'] as const

const schema = setting(
  z.object({
    name: z.literal('gpt-nas'),
    checkpoint: setting(z.string().max(64).default(''), {
      description:
        'Name of the proposer that picks the first ones: one that was fine-tuned in this workspace, or one that comes with the product. Empty takes the one in use.',
    }),
    firstPicks: setting(z.number().int().min(0).max(1000).default(2), {
      description: 'Architectures that the GPT picks before any result is known; 0 does without it.',
      unit: 'architectures',
    }),
    randomAfter: setting(z.number().int().min(0).max(1000).default(0), {
      description:
        'Random ones after them, so that the surrogate also sees what the GPT would not pick. A larger first generation has one for two picks anyway.',
      unit: 'architectures',
    }),
    randomFirst: setting(z.number().int().min(2).max(10_000).default(10), {
      description: 'Random architectures before the first one that is chosen, where the GPT can judge nothing.',
      unit: 'architectures',
    }),
    candidates: setting(z.number().int().min(20).max(100_000).default(1600), {
      description: 'Random architectures to choose from at first; neighbours and changes of the best join them.',
      unit: 'architectures',
    }),
    surrogate: setting(z.enum(SURROGATES).default('both'), {
      description:
        'What the later ones are chosen by: a Gaussian process, a transformer that learned from invented landscapes, or both.',
    }),
    prior: setting(z.boolean().default(true), {
      description:
        'The surrogate expects of each architecture what the GPT thinks of it, until results say otherwise; false expects nothing.',
    }),
    questions: setting(z.number().int().min(300).max(ALL_QUESTIONS).default(6000), {
      description:
        'What the transformer is asked at a step: candidates times results, of the 300 most promising candidates at most.',
    }),
    chains: setting(z.enum(CHAIN_JUDGES).default('chains-1'), {
      description:
        'What picks first on block chains and is believed before results say otherwise: chains of other data that we trained, or nothing.',
    }),
    bounded: setting(z.boolean().default(true), {
      description:
        'Reads at most 250 results and weighs fewer candidates under three objectives or more, so that a choice takes as long after thousands of results; false reads all.',
    }),
    liveChoices: setting(z.boolean().default(true), {
      description:
        'Reads a choice that nothing passes as none, because it cannot matter what it is; false tells such choices apart.',
    }),
  }),
  {
    description:
      'A GPT that read measured and published architectures picks the first ones, a surrogate that learns from every result the rest.',
  },
)
type Own = z.infer<typeof schema>

interface State {
  readonly search: SurrogateSearch
  /** In order; empty where the GPT can judge nothing. */
  readonly picks: readonly Genotype[]
  /** Architectures before the surrogate's first choice. */
  readonly leading: number
}

/** Of a first generation that is larger than what the GPT is to pick: the random rest shows the surrogate what it would not. */
const PICKS_OF_MIXTURE = 2 / 3

/** Of block chains, what their judge picks and what is drawn beside it, as it was measured (docs/search-chains.md#with-the-judge-of-chains). */
const CHAIN_START = { picked: 4, drawn: 2 }

const UNTOUCHED = { parents: [], crossover: false, mutation: false, reconstructed: [] }

async function begin(Search: typeof SurrogateSearch, context: StrategyContext, own: Own): Promise<State> {
  const { space, random, judge, learner, populationSize, generations } = context
  // Trained chains say more of chains than the GPT; one that was fine-tuned on layers was put into use by a person.
  const isAsked = own.chains !== 'none' && own.firstPicks > 0 && judge?.readsLayers !== true
  const chains = isAsked ? context.chains : undefined
  const expects = chains?.of(space)
  const search = await Search.open({
    space,
    random: random.fork('pool'),
    budget: populationSize * generations,
    candidates: own.candidates,
    isBounded: own.bounded,
    readsDead: !own.liveChoices,
    breathe: context.breathe,
    former: context.former,
    ...(chains !== undefined && expects !== undefined && { belief: { of: expects, correlation: chains.trust } }),
    ...(learner !== undefined &&
      own.surrogate !== 'gaussian-process' && {
        learner: { model: learner, isAlone: own.surrogate === 'in-context', mostPairs: own.questions },
      }),
  })
  if (expects !== undefined) return onChains(context, search, expects)
  const planned = own.firstPicks + own.randomAfter
  // A first generation that is larger than planned is of a mixture: nothing is known yet that a surrogate could use.
  const leading = Math.max(planned, populationSize)
  const isAllPicks = own.prior && own.randomAfter === 0
  const share = planned === 0 ? 0 : isAllPicks ? PICKS_OF_MIXTURE : own.firstPicks / planned
  const wanted = leading === planned ? own.firstPicks : Math.round(share * leading)
  const isJudged = judge !== undefined && wanted > 0
  const pool = isJudged ? await acquainted(judge, search.candidates, context.breathe) : []
  const picks = isJudged ? firstPicks(space, pool, judge, wanted, random.fork('picks')) : []
  if (judge !== undefined && own.prior && picks.length > 0) search.believe(opinionOf(pool, judge))
  return picks.length === 0
    ? { search, picks, leading: Math.max(own.randomFirst, populationSize) }
    : { search, picks, leading }
}

/** Graphs that are made or judged between two breaths: some thirty milliseconds. */
const A_BREATH = 64

/** The pool as the judge reads it, and read by it: it remembers, so that what asks about the whole pool afterwards does not block. */
async function acquainted(judge: GraphJudge, pool: readonly Candidate[], breathe: Breathe | undefined) {
  const read: { readonly genotype: Genotype; readonly graph: OperationGraph | undefined }[] = []
  for (const [i, candidate] of pool.entries()) {
    if (i % A_BREATH === 0) await breathe?.()
    read.push({ genotype: candidate.genotype, graph: readableGraph(candidate, judge) })
  }
  const graphs = read.map(({ graph }) => graph).filter((graph) => graph !== undefined)
  for (let start = 0; hasMeaning(graphs) && start < graphs.length; start += A_BREATH) {
    await breathe?.()
    judge.judge(graphs.slice(start, start + A_BREATH))
  }
  return read
}

/** A larger first generation is of the same mixture. */
async function onChains(
  { space, random, populationSize, breathe }: StrategyContext,
  search: SurrogateSearch,
  expects: (genotype: Genotype) => number,
): Promise<State> {
  const { picked, drawn } = CHAIN_START
  const leading = Math.max(picked + drawn, populationSize)
  const wanted = Math.round((picked / (picked + drawn)) * leading)
  const pool = search.candidates.map(({ genotype }) => genotype)
  const { picks, bred } = await chainPicks(space, pool, expects, wanted, random.fork('picks'), breathe)
  search.consider(bred)
  return { search, picks, leading }
}

async function step({ search, picks, leading }: State, context: StrategyContext): Promise<readonly Proposal[]> {
  const { history, populationSize, space } = context
  if (history.length === 0 && picks.length === 0) return initialPopulation(context)
  const known = history.flat()
  const keys = knownKeys(context)
  const proposals: Proposal[] = []
  const add = (genotype: Genotype, operator: Proposal['origin']['operator']): void => {
    const key = space.canonicalKey(genotype)
    if (proposals.length >= populationSize || keys.has(key)) return
    keys.add(key)
    proposals.push({ genotype, origin: { operator, ...UNTOUCHED } })
  }
  if (history.length === 0) for (const seed of context.seeds) add(seed, 'seed')
  for (const pick of picks) add(pick, 'proposed')
  const room = (): number => populationSize - proposals.length
  // A former run that fits takes the place of what is left of the random start.
  const missing = search.isWarm ? 0 : leading - known.length - proposals.length
  proposals.push(...randomProposals(context, Math.min(room(), Math.max(0, missing)), keys))
  if (room() > 0)
    for (const genotype of await search.suggest(room(), context.random.fork('candidates'))) add(genotype, 'surrogate')
  return [...proposals, ...randomProposals(context, room(), keys)]
}

type Propose = (context: StrategyContext, own: Own) => Promise<readonly Proposal[]>
let loaded: Promise<Propose> | undefined

/** As gp-ei.ts: loaded by the first run that uses it. */
async function load(): Promise<Propose> {
  const surrogate = await import('../surrogate/surrogate-search')
  return withSessions<Own, State>({
    begin: (context, own) => begin(surrogate.SurrogateSearch, context, own),
    tell: ({ search }, generation) => {
      for (const member of generation) search.tell(member)
    },
    propose: step,
  })
}

export const gptNasStrategy = {
  name: 'gpt-nas',
  schema,
  usesProposer: false,
  usesJudge: true,
  usesFormer: true,
  isSequential: true,
  propose: async (context, own) => (await (loaded ??= load()))(context, own),
} satisfies Strategy<Own>
