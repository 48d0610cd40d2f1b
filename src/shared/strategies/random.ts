// Random search: every generation is a fresh random population. The baseline of every comparison.
import { z } from 'zod'
import { setting } from '../search/settings'
import { initialPopulation, randomProposals } from './initial'
import type { Strategy } from './strategy'

const schema = setting(z.object({ name: z.literal('random') }), {
  description: 'Random architectures: the baseline of every comparison.',
})

export const randomStrategy = {
  name: 'random',
  schema,
  usesProposer: false,
  isSequential: true,
  propose: (context) =>
    Promise.resolve(
      context.history.length === 0 ? initialPopulation(context) : randomProposals(context, context.populationSize),
    ),
} satisfies Strategy<z.infer<typeof schema>>
