// gpt-nas search change, end-trial: a person in the loop of a run that stands. While one goes the window does the same.
import type { Command } from 'commander'
import { AppError } from '@shared/errors'
import { typed } from '@node/command-line'
import { valueOf } from '../definition'
import { runCommand, withCommonOptions, type CommonOptions } from '../command'
import { positive } from '../option-values'
import { findRun } from './search-run'

interface ChangeOptions extends CommonOptions {
  readonly set: readonly string[]
}

function valuesOf(typed: readonly string[]): Record<string, unknown> {
  const values = typed.map((word): [string, unknown] => {
    const [path = '', ...rest] = word.split('=')
    if (path === '' || rest.length === 0)
      throw new AppError(
        'invalid-input',
        `"${word}" sets nothing.`,
        'Write --set FIELD=VALUE, such as --set maxEvaluations=100.',
      )
    return [path, valueOf(path, rest.join('='))]
  })
  if (values.length === 0)
    throw new AppError(
      'invalid-input',
      'Nothing is to be changed.',
      'Write --set FIELD=VALUE, such as --set maxEvaluations=100.',
    )
  return Object.fromEntries(values)
}

/** @param group `gpt-nas search` */
export function changeCommands(group: Command): void {
  withCommonOptions(
    group
      .command('change [run]')
      .description(
        'other budgets or rates for a run that is paused (default: the latest), from its next generation on; kept in its events, and known to verify',
      )
      .option(
        '--set <field=value>',
        'generations, maxEvaluations, maxEpochs, maxSeconds or a parameter of its strategy; may be given again and again',
        (word: string, words: readonly string[]) => [...words, word],
        [],
      ),
  ).action((wanted: string | undefined, options: ChangeOptions) =>
    runCommand(options, async ({ client, output }) => {
      const values = valuesOf(options.set)
      const run = await client.searches.change({ id: (await findRun(client, wanted)).id, values })
      output.result(
        run,
        `Run ${run.number} is changed: ${run.counts.planned} evaluations. It goes on with "${typed(`search resume ${run.number}`)}".`,
      )
    }),
  )

  withCommonOptions(
    group
      .command('end-trial <run> <trial>')
      .description('end a waiting trial of a paused run by its number: it has failed, and the run goes on without it'),
  ).action((wanted: string, number: string, options: CommonOptions) =>
    runCommand(options, async ({ client, output }) => {
      const run = await findRun(client, wanted)
      const { trials } = await client.trials.list({ id: run.id, limit: 10_000 })
      const trial = trials.find((one) => one.number === positive(number))
      if (trial === undefined)
        throw new AppError(
          'not-found',
          `Run ${run.number} has no trial ${number}.`,
          `List them with "${typed('search show')}".`,
        )
      await client.trials.end({ id: trial.id })
      output.result({ run: run.number, trial: trial.number }, `Trial ${trial.number} of run ${run.number} is ended.`)
    }),
  )
}
