// Random search: every generation is a fresh random population. The baseline of every comparison.
import { initialPopulation, randomProposals } from './initial'
import type { Strategy } from './strategy'

export const randomStrategy: Strategy = {
  name: 'random',
  usesProposer: false,
  propose: (context) =>
    Promise.resolve(
      context.history.length === 0 ? initialPopulation(context) : randomProposals(context, context.populationSize),
    ),
}
