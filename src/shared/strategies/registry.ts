// The strategies a run may name.
import { AppError } from '../errors'
import { gaStrategy } from './ga'
import { gptNasStrategy } from './gpt-nas'
import { randomStrategy } from './random'
import type { Strategy } from './strategy'

export const STRATEGIES: readonly Strategy[] = [gptNasStrategy, gaStrategy, randomStrategy]

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
