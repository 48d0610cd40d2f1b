// Local search (White et al. 2021, arXiv 2005.02960): evaluate what lies one change away, move to the best, start anew from random
// architectures when nothing near is better. A climb is the newest generation that began at random, and all after it.
import { z } from 'zod'
import { setting } from '../search/settings'
import { inOneFigure } from './crowded'
import { knownKeys } from './freshness'
import { initialPopulation, randomProposals } from './initial'
import type { Member, Proposal, Strategy, StrategyContext } from './strategy'
import { isFitter } from './tournament'

const schema = setting(
  z.object({
    name: z.literal('local-search'),
    wholeNeighbourhood: setting(z.boolean().default(true), {
      description:
        'Sees all neighbours before it moves on, as published. Off, it moves at once: for spaces with hundreds.',
    }),
  }),
  { description: 'Local search (White et al. 2021): one change away from the best, anew from random ones at a peak.' },
)

const isStart = (generation: readonly Member[]): boolean =>
  generation[0] === undefined || generation[0].origin.operator !== 'offspring'

/** Generations of the climb that is under way. */
function climbOf(history: StrategyContext['history']): StrategyContext['history'] {
  let from = history.length - 1
  while (from > 0 && !isStart(history[from]!)) from--
  return history.slice(Math.max(0, from))
}

function byFitness(members: readonly Member[]): Member[] {
  const finished = members.filter(({ fitness }) => fitness !== undefined)
  return finished.sort((first, second) => (isFitter(first, second) ? -1 : isFitter(second, first) ? 1 : 0))
}

export const localSearchStrategy = {
  name: 'local-search',
  schema,
  usesProposer: false,
  isSequential: true,
  propose: (context, { wholeNeighbourhood }) => {
    const { history, populationSize, space } = context
    if (history.length === 0) return Promise.resolve(initialPopulation(context))
    const climb = climbOf(history)
    const ranked = byFitness(inOneFigure(climb.flat()))
    const keys = knownKeys(context)
    const random = context.random.fork('neighbours')
    const proposals: Proposal[] = []
    const addNeighbours = ({ genotype, trialId }: Member): void => {
      for (const neighbour of random.shuffle(space.neighbours(genotype))) {
        if (proposals.length >= populationSize) return
        const key = space.canonicalKey(neighbour)
        if (keys.has(key)) continue
        keys.add(key)
        proposals.push({
          genotype: neighbour,
          origin: { operator: 'offspring', parents: [trialId], crossover: false, mutation: true, reconstructed: [] },
        })
      }
    }
    const centreId = wholeNeighbourhood ? climb.at(-1)?.[0]?.origin.parents[0] : undefined
    const centre = ranked.find(({ trialId }) => trialId === centreId)
    if (centre !== undefined) addNeighbours(centre)
    // Seen whole, or left early: on from the best of the climb. Where that is a peak, a new climb begins.
    const [best, ...others] = ranked
    if (best !== undefined && proposals.length === 0) addNeighbours(best)
    // What is left of the generation goes to the next best, so that no compute waits.
    if (proposals.length > 0) for (const member of others) addNeighbours(member)
    return Promise.resolve([...proposals, ...randomProposals(context, populationSize - proposals.length, keys)])
  },
} satisfies Strategy<z.infer<typeof schema>>
