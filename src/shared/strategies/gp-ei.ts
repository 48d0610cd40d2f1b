// Bayesian optimisation without a GPT: random architectures, then whatever a Gaussian process over the space expects most of
// (docs/method.md#surrogate). The control that a GPT has to beat where evaluations are few.
import { z } from 'zod'
import { setting } from '../search/settings'
import type { SurrogateSearch } from '../surrogate/surrogate-search'
import { knownKeys } from './freshness'
import { initialPopulation, randomProposals } from './initial'
import { withSessions } from './sessions'
import type { Proposal, Strategy, StrategyContext } from './strategy'

const schema = setting(
  z.object({
    name: z.literal('gp-ei'),
    randomFirst: setting(z.number().int().min(2).max(10_000).default(10), {
      description: 'Random architectures before the first one that is chosen.',
      unit: 'architectures',
    }),
    candidates: setting(z.number().int().min(20).max(100_000).default(1000), {
      description: 'Random architectures to choose from at first; neighbours and changes of the best join them.',
      unit: 'architectures',
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
      'Gaussian process with expected improvement: learns from every result which architecture promises most.',
  },
)
type Own = z.infer<typeof schema>

/** Everything after the random start; the search has been told all finished generations. */
async function chosen(search: SurrogateSearch, context: StrategyContext, count: number): Promise<Proposal[]> {
  return (await search.suggest(count, context.random.fork('candidates'))).map((genotype) => ({
    genotype,
    origin: { operator: 'surrogate', parents: [], crossover: false, mutation: false, reconstructed: [] },
  }))
}

async function step(
  search: SurrogateSearch,
  context: StrategyContext,
  { randomFirst }: Own,
): Promise<readonly Proposal[]> {
  const { history, populationSize } = context
  if (history.length === 0) return initialPopulation(context)
  // A former run that fits takes the place of what is left of the random start.
  const missing = search.isWarm ? 0 : Math.max(0, randomFirst - history.flat().length)
  const keys = knownKeys(context)
  const first = randomProposals(context, Math.min(populationSize, missing), keys)
  const rest = populationSize - first.length
  const promising = rest === 0 ? [] : await chosen(search, context, rest)
  for (const { genotype } of promising) keys.add(context.space.canonicalKey(genotype))
  const left = rest - promising.length
  return [...first, ...promising, ...(left === 0 ? [] : randomProposals(context, left, keys))]
}

type Propose = (context: StrategyContext, own: Own) => Promise<readonly Proposal[]>
let loaded: Promise<Propose> | undefined

/** Loaded by the first run that uses it: every window and every command reads the list of strategies, few need statistics. */
async function load(): Promise<Propose> {
  const surrogate = await import('../surrogate/surrogate-search')
  return withSessions<Own, SurrogateSearch>({
    begin: (context, { candidates, bounded, liveChoices }) =>
      surrogate.SurrogateSearch.open({
        space: context.space,
        random: context.random.fork('pool'),
        budget: context.populationSize * context.generations,
        candidates,
        isBounded: bounded,
        readsDead: !liveChoices,
        breathe: context.breathe,
        former: context.former,
      }),
    tell: (search, generation) => {
      for (const member of generation) search.tell(member)
    },
    propose: step,
  })
}

export const gpEiStrategy = {
  name: 'gp-ei',
  schema,
  usesProposer: false,
  usesFormer: true,
  isSequential: true,
  propose: async (context, own) => (await (loaded ??= load()))(context, own),
} satisfies Strategy<Own>
