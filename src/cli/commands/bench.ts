// gpt-nas bench: measurements that need no checkout. `search` compares strategies on a space whose table knows every answer.
import type { Command } from 'commander'
import { AppError } from '@shared/errors'
import { compareStrategies, rowText } from '@shared/search/comparison/compare'
import { STRATEGIES, strategyByName } from '@shared/strategies/registry'
import { runLocally, withJsonOption } from '../command'
import { resourcesFolder } from '../application'
import { list, positive } from '../option-values'
import { openNamedSpace } from '../spaces'
import {
  chainsIn,
  judgeIn,
  learnerIn,
  shippedChains,
  shippedInContext,
  shippedWorkbench,
} from '@node/small-checkpoints'

interface SearchOptions {
  readonly json?: boolean
  readonly space: string
  readonly strategies: readonly string[]
  readonly evaluations: readonly number[]
  readonly seeds: number
  readonly checkpoint?: string
}

/** Strategies that search a table; one that has the proposer rebuild block chains needs an engine and a compute. */
const SEARCHING = STRATEGIES.filter(({ usesProposer }) => !usesProposer).map(({ name }) => name)

export function benchCommand(program: Command): void {
  const group = program.command('bench').description('measurements, with seeds and repeats')
  withJsonOption(
    group
      .command('search')
      .description('strategies side by side on a space with a table: no training, the same budgets and seeds')
      .requiredOption('--space <file>', 'a space file that names a table')
      .option('--strategies <names>', `of ${SEARCHING.join(', ')}`, list, SEARCHING)
      .option(
        '--evaluations <numbers>',
        'budgets of distinct architectures',
        (text) => list(text).map(positive),
        [10, 25, 50, 100],
      )
      .option('--seeds <number>', 'repeats, with the seeds 0, 1, 2 ...', positive, 30)
      .option('--checkpoint <folder>', 'proposer of preset workbench (default: the one that comes with the product)'),
  ).action((options: SearchOptions) =>
    runLocally(options, async (output) => {
      const space = openNamedSpace(options.space)
      const skipped = options.strategies.filter((name) => strategyByName(name).usesProposer)
      const strategies = options.strategies.filter((name) => !skipped.includes(name))
      if (strategies.length === 0)
        throw new AppError(
          'invalid-input',
          `No strategy is left to compare: ${skipped.join(', ')} needs the proposer, which rebuilds block chains only.`,
          `Name one of ${SEARCHING.join(', ')}.`,
        )
      const judge = judgeIn(options.checkpoint ?? shippedWorkbench(resourcesFolder()))
      const learner = learnerIn(shippedInContext(resourcesFolder()))
      const chains = chainsIn(shippedChains(resourcesFolder()))
      const results = await compareStrategies({ ...options, space, strategies, judge, learner, chains })
      const notes = skipped.map((strategy) => ({
        strategy,
        reason: 'needs the proposer, which rebuilds block chains only',
      }))
      output.result({ results, skipped: notes, checks: [] }, results.map(rowText).join('\n'))
      for (const { strategy, reason } of notes) output.note(`${strategy} was left out: it ${reason}.`)
    }),
  )
}
