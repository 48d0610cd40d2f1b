// GPT-NAS (arXiv 2305.05351): the genetic algorithm whose individuals are rebuilt before they are evaluated.
// Its controls differ in the reconstructor alone, which is why that is the one argument here.
import { AppError } from '../errors'
import { nextGeneration } from './offspring'
import { reconstructAll } from './reconstruct'
import type { Reconstructor, Strategy, StrategyContext } from './strategy'

/** A strategy that rebuilds with whatever `reconstructorOf` returns. */
export function reconstructingStrategy(
  name: string,
  usesProposer: boolean,
  reconstructorOf: (context: StrategyContext) => Reconstructor,
): Strategy {
  return {
    name,
    usesProposer,
    propose: async (context) => reconstructAll(nextGeneration(context), context, reconstructorOf(context)),
  }
}

export const gptNasStrategy = reconstructingStrategy('gpt-nas', true, (context) => {
  if (context.reconstructor === undefined)
    throw new AppError(
      'runtime-missing',
      'The strategy gpt-nas needs the proposer, and none is loaded.',
      'Choose a proposer checkpoint, or use the strategy ga.',
    )
  return context.reconstructor
})
