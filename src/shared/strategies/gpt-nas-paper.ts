// GPT-NAS as published (arXiv 2305.05351): the genetic algorithm whose individuals the proposer rebuilds before they are evaluated.
import { z } from 'zod'
import { AppError } from '../errors'
import { setting } from '../search/settings'
import { breedingParameters, nextGeneration } from './offspring'
import { PAPER_PROPOSERS } from './paper-proposers'
import { eliminationParameters, reconstructAll } from './reconstruct'
import type { Strategy } from './strategy'

const schema = setting(
  z.object({
    name: z.literal('gpt-nas:paper'),
    ...breedingParameters,
    ...eliminationParameters,
    temperature: setting(z.number().min(0.05).max(20).default(1), {
      description: 'How freely the proposer draws: 1 as probable as it predicts, less the likeliest, more anything.',
    }),
    proposer: setting(z.enum(PAPER_PROPOSERS).default(PAPER_PROPOSERS[0]), {
      description: 'Checkpoint of the proposer. A run of before there was a choice goes on with paper-1.',
    }),
  }),
  {
    description:
      'GPT-NAS as published: a genetic algorithm whose architectures the proposer partly rebuilds before they are evaluated.',
  },
)

export const gptNasPaperStrategy = {
  name: 'gpt-nas:paper',
  schema,
  usesProposer: true,
  propose: async (context, own) => {
    if (context.reconstructor === undefined)
      throw new AppError(
        'runtime-missing',
        'The strategy gpt-nas:paper needs the proposer, and none is loaded.',
        'Choose a proposer checkpoint, or use the strategy ga.',
      )
    const { temperature, proposer } = own
    return reconstructAll(nextGeneration(context, own), context, context.reconstructor, own, { temperature, proposer })
  },
} satisfies Strategy<z.infer<typeof schema>>
