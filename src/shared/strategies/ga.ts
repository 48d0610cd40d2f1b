// The genetic algorithm alone: the paper's control without the GPT, with everything else equal.
import { z } from 'zod'
import { setting } from '../search/settings'
import { breedingParameters, nextGeneration } from './offspring'
import type { Strategy } from './strategy'

const schema = setting(z.object({ name: z.literal('ga'), ...breedingParameters }), {
  description: 'The genetic algorithm alone: the paper’s control without the GPT.',
})

export const gaStrategy = {
  name: 'ga',
  schema,
  usesProposer: false,
  propose: (context, own) => Promise.resolve(nextGeneration(context, own)),
} satisfies Strategy<z.infer<typeof schema>>
