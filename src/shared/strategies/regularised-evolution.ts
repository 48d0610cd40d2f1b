// Regularised evolution (Real et al. 2019, arXiv 1802.01548, Algorithm 1): the fittest of a sample is mutated, and members die of
// age, not of unfitness. Published one child at a time; here a generation of children comes from the same living members.
import { z } from 'zod'
import { setting } from '../search/settings'
import { inOneFigure } from './crowded'
import { knownKeys, preferFresh } from './freshness'
import { initialPopulation, randomProposals } from './initial'
import type { Member, Proposal, Strategy } from './strategy'
import { isFitter } from './tournament'

// Real et al. have 100 and 25 for 20,000 evaluations. With that a search of some hundreds would be mostly its random start; 20 and 10
// are ours.
const schema = setting(
  z.object({
    name: z.literal('regularised-evolution'),
    aliveSize: setting(z.number().int().min(1).max(10_000).default(20), {
      description: 'The newest so many architectures live; the first so many are random.',
      unit: 'architectures',
    }),
    sampleSize: setting(z.number().int().min(1).max(10_000).default(10), {
      description: 'Living ones drawn for each child; the fittest of them is its parent.',
      unit: 'architectures',
    }),
  }),
  { description: 'Regularised evolution (Real et al. 2019): mutation alone, and the oldest die.' },
)

export const regularisedEvolutionStrategy = {
  name: 'regularised-evolution',
  schema,
  usesProposer: false,
  isSequential: true,
  propose: (context, { aliveSize, sampleSize }) => {
    const { history, populationSize, space } = context
    if (history.length === 0) return Promise.resolve(initialPopulation(context))
    const members = history.flat()
    const alive = inOneFigure(members.slice(-aliveSize)).filter(({ fitness }) => fitness !== undefined)
    // The first so many are random; so is all after nothing but failures.
    const missing = alive.length === 0 ? populationSize : aliveSize - members.length
    const atRandom = Math.min(populationSize, Math.max(0, missing))
    const keys = knownKeys(context)
    const random = context.random.fork('sample')
    const mutate = (): Proposal => {
      const sample = Array.from({ length: sampleSize }, () => random.choice(alive))
      const parent = sample.reduce((best: Member, member) => (isFitter(member, best) ? member : best))
      return {
        genotype: space.mutate(parent.genotype, random),
        origin: {
          operator: 'offspring',
          parents: [parent.trialId],
          crossover: false,
          mutation: true,
          reconstructed: [],
        },
      }
    }
    const drawn = randomProposals(context, atRandom, keys)
    const children = preferFresh(
      populationSize - drawn.length,
      keys,
      ({ genotype }) => space.canonicalKey(genotype),
      () => [mutate()],
    )
    return Promise.resolve([...drawn, ...children])
  },
} satisfies Strategy<z.infer<typeof schema>>
