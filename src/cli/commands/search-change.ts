// gpt-nas search change, inject, queue, end-trial: a person in the loop of a run. While one goes the window does the same.
import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import { ZOO_NAMES } from '@shared/architecture/zoo'
import { AppError } from '@shared/errors'
import type { Injection } from '@shared/search/injection'
import type { Run } from '@shared/search/run'
import { queueOf, type Trial } from '@shared/search/trial'
import { typed } from '@node/command-line'
import { absolutePlace } from '@node/safe-target'
import { ARCHITECTURE_HELP } from '../architectures'
import { valueOf } from '../definition'
import { runCommand, withCommonOptions, type CommandContext, type CommonOptions } from '../command'
import { table } from '../format'
import { positive } from '../option-values'
import { findRun } from './search-run'

interface ChangeOptions extends CommonOptions {
  readonly set: readonly string[]
}

interface QueueOptions extends CommonOptions {
  readonly first?: string
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

const trialsOf = async ({ client }: CommandContext, { id }: Run): Promise<Trial[]> =>
  (await client.trials.list({ id, limit: 10_000 })).trials

/** @throws AppError `not-found` */
function numbered(trials: readonly Trial[], run: Run, number: string): Trial {
  const trial = trials.find((one) => one.number === positive(number))
  if (trial !== undefined) return trial
  throw new AppError(
    'not-found',
    `Run ${run.number} has no trial ${number}.`,
    `List them with "${typed(`search show ${run.number}`)}".`,
  )
}

/** @param what RUN/TRIAL, a file or a name */
async function injectionOf(context: CommandContext, what: string): Promise<Injection> {
  const named = /^(\d+)\/(\d+)$/.exec(what)
  if (named !== null) {
    const run = await findRun(context.client, named[1])
    return { from: 'trial', id: numbered(await trialsOf(context, run), run, named[2] ?? '').id }
  }
  if (!existsSync(what) && ZOO_NAMES.includes(what)) return { from: 'zoo', name: what }
  return context.client.searches.readInjection({ path: absolutePlace(what, 'file') })
}

const goesOn = (run: Run, then: string): string =>
  run.state === 'running' ? then : `It goes on with "${typed(`search resume ${run.number}`)}".`

/** @param group `gpt-nas search` */
export function changeCommands(group: Command): void {
  withCommonOptions(
    group
      .command('change [run]')
      .description(
        'other budgets, rates, bans or pins for a run (default: the latest), from its next generation on; kept in its events, and known to verify',
      )
      .option(
        '--set <field=value>',
        'generations, maxEvaluations, maxEpochs, maxSeconds, bans, pins or a parameter of its strategy; may be given again and again',
        (word: string, words: readonly string[]) => [...words, word],
        [],
      ),
  ).action((wanted: string | undefined, options: ChangeOptions) =>
    runCommand(options, async ({ client, output }) => {
      const values = valuesOf(options.set)
      const run = await client.searches.change({ id: (await findRun(client, wanted)).id, values })
      const advice = goesOn(run, 'It holds from the next generation on.')
      output.result(run, `Run ${run.number} is changed: ${run.counts.planned} evaluations. ${advice}`)
    }),
  )

  withCommonOptions(
    group
      .command('inject <run> <architecture>')
      .description(
        `put an architecture into a run, to be evaluated next: RUN/TRIAL of any run, a file with a genotype, ${ARCHITECTURE_HELP}`,
      ),
  ).action((wanted: string, what: string, options: CommonOptions) =>
    runCommand(options, async (context) => {
      const { client, output } = context
      const run = await findRun(client, wanted)
      const architecture = await injectionOf(context, what)
      const { trialNumber } = await client.searches.inject({ id: run.id, architecture })
      output.result(
        { run: run.number, trial: trialNumber },
        `It is trial ${trialNumber} of run ${run.number}. ${goesOn(run, 'It is evaluated next.')}`,
      )
    }),
  )

  withCommonOptions(
    group
      .command('queue [run]')
      .description('what waits in a run and in which order (default: the latest); proposals do not depend on it')
      .option('--first <trials>', 'their numbers, such as 12,9: these come first, in this order'),
  ).action((wanted: string | undefined, options: QueueOptions) =>
    runCommand(options, async (context) => {
      const { client, output } = context
      const run = await findRun(client, wanted)
      if (options.first !== undefined) {
        const trials = await trialsOf(context, run)
        const first = options.first.split(',').map((number) => numbered(trials, run, number.trim()).id)
        await client.searches.order({ id: run.id, first })
      }
      const queue = queueOf(await trialsOf(context, run))
      const rows = queue.map((trial, place) => [
        ...[String(place + 1), String(trial.number), String(trial.generation + 1), trial.origin.operator],
      ])
      output.result(
        { run: run.number, queue: queue.map(({ number }) => number) },
        queue.length === 0
          ? `Nothing waits in run ${run.number}.`
          : table(['>Place', '>Trial', '>Generation', 'Origin'], rows),
      )
    }),
  )

  withCommonOptions(
    group
      .command('end-trial <run> <trial>')
      .description('end a trial of a run by its number: it has failed, and the run goes on without it'),
  ).action((wanted: string, number: string, options: CommonOptions) =>
    runCommand(options, async (context) => {
      const { client, output } = context
      const run = await findRun(client, wanted)
      const trial = numbered(await trialsOf(context, run), run, number)
      await client.trials.end({ id: trial.id })
      output.result({ run: run.number, trial: trial.number }, `Trial ${trial.number} of run ${run.number} is ended.`)
    }),
  )
}
