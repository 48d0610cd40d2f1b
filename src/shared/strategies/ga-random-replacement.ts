// The control that the paper of GPT-NAS lacks: the same genetic algorithm, the same blocks eliminated at the same rate, and blocks
// drawn at random put in their place. What GPT-NAS reaches beyond it is owed to the GPT; what not, to the disturbance alone.
import { z } from 'zod'
import { setting } from '../search/settings'
import { breedingParameters, nextGeneration } from './offspring'
import { createRandomReconstructor } from './random-reconstructor'
import { eliminationParameters, reconstructAll } from './reconstruct'
import type { Strategy } from './strategy'

const schema = setting(
  z.object({ name: z.literal('ga-random-replacement'), ...breedingParameters, ...eliminationParameters }),
  {
    description: 'As gpt-nas:paper, with blocks drawn at random in place of the GPT: the control that the paper lacks.',
  },
)

export const gaRandomReplacementStrategy = {
  name: 'ga-random-replacement',
  schema,
  usesProposer: false,
  propose: (context, own) =>
    reconstructAll(nextGeneration(context, own), context, createRandomReconstructor(context.space), own),
} satisfies Strategy<z.infer<typeof schema>>
