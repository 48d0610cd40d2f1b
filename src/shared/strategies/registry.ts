// The strategies a run may name: a line each. Names, parameters, form, command line and documentation follow from it.
import { z } from 'zod'
import { AppError } from '../errors'
import { gaStrategy } from './ga'
import { gaRandomReplacementStrategy } from './ga-random-replacement'
import { gpEiStrategy } from './gp-ei'
import { gptNasStrategy } from './gpt-nas'
import { gptNasPaperStrategy } from './gpt-nas-paper'
import { localSearchStrategy } from './local-search'
import { randomStrategy } from './random'
import { regularisedEvolutionStrategy } from './regularised-evolution'
import type { Strategy } from './strategy'

const REGISTRY = [
  gptNasStrategy,
  gptNasPaperStrategy,
  gaStrategy,
  gaRandomReplacementStrategy,
  gpEiStrategy,
  regularisedEvolutionStrategy,
  localSearchStrategy,
  randomStrategy,
] as const

export const STRATEGIES: readonly Strategy[] = REGISTRY

const [first, ...others] = REGISTRY
/** A strategy by its name, with its own parameters. */
export const strategySchema = z.discriminatedUnion('name', [first.schema, ...others.map(({ schema }) => schema)], {
  error: ({ code }) =>
    code === 'invalid_union' ? `expected one of ${STRATEGIES.map(({ name }) => name).join(', ')}` : undefined,
})
export type StrategyDefinition = z.infer<typeof strategySchema>

/** @throws AppError `not-found` listing the names there are. */
export function strategyByName(name: string): Strategy {
  const strategy = STRATEGIES.find((candidate) => candidate.name === name)
  if (strategy === undefined)
    throw new AppError(
      'not-found',
      `There is no strategy named "${name}".`,
      `Use one of ${STRATEGIES.map((candidate) => candidate.name).join(', ')}.`,
    )
  return strategy
}
