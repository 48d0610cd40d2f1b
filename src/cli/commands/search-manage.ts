// gpt-nas search stop, rename, remove: what the window's menu of a run does, by the run's number. None takes the latest run of itself:
// what is ended or removed for good is named.
import type { Command } from 'commander'
import { AppError } from '@shared/errors'
import { RUN_STATE_RULES } from '@shared/search/run-states'
import { typed } from '@node/command-line'
import { runCommand, withCommonOptions, type CommonOptions } from '../command'
import { findRun } from './search-run'

/** @param group `gpt-nas search` */
export function manageCommands(group: Command): void {
  withCommonOptions(
    group
      .command('stop <run>')
      .description('end a run for good: what is finished stays, what waits is given up; to go on later, pause it'),
  ).action((wanted: string, options: CommonOptions) =>
    runCommand(options, async ({ client, output }) => {
      const { id, number, state } = await findRun(client, wanted)
      if (!RUN_STATE_RULES[state].canStop)
        throw new AppError(
          'conflict',
          `Run ${number} is ${state}: there is nothing to stop.`,
          `See what it came to with "${typed(`search show ${number}`)}".`,
        )
      output.result(await client.searches.stop({ id }), `Run ${number} is stopped. What is finished stays.`)
    }),
  )

  withCommonOptions(group.command('rename <run> <name>').description('give a run another name')).action(
    (wanted: string, name: string, options: CommonOptions) =>
      runCommand(options, async ({ client, output }) => {
        const { id, number } = await findRun(client, wanted)
        output.result(await client.searches.rename({ id, name }), `Run ${number} is now called "${name}".`)
      }),
  )

  withCommonOptions(
    group
      .command('remove <run>')
      .description('remove a run that stands, with its trials, curves and weights; this cannot be undone'),
  ).action((wanted: string, options: CommonOptions) =>
    runCommand(options, async ({ client, output }) => {
      const { id, number, definition } = await findRun(client, wanted)
      await client.searches.remove({ id })
      output.result({ removed: number }, `Run ${number} "${definition.name}" is removed.`)
    }),
  )
}
