// The genetic algorithm alone: the paper's control without the GPT, with everything else equal.
import { nextGeneration } from './offspring'
import type { Strategy } from './strategy'

export const gaStrategy: Strategy = {
  name: 'ga',
  usesProposer: false,
  propose: (context) => Promise.resolve(nextGeneration(context)),
}
