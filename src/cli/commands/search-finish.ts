// gpt-nas search finish: the winner of a run trained on, tested once, exported and proven; a hand-made network beside it.
import type { Command } from 'commander'
import type { FinalWish } from '@shared/search/final-training'
import type { Run } from '@shared/search/run'
import type { Trial } from '@shared/search/trial'
import type { Export } from '@shared/contract/exports'
import { AppError } from '@shared/errors'
import { typed } from '@node/command-line'
import { runCommand, withCommonOptions, type CommandContext, type CommonOptions } from '../command'
import { finishWish, withFinishOptions, type TypedFinish } from '../finish-options'
import { count, percent, table } from '../format'
import { positive } from '../option-values'
import { EXIT } from '../output'
import { exitCodeOf, resumeAdvice } from '../run-end'
import { watchRun } from '../watch-run'
import { exportTrial, exportText } from './export'
import { findRun } from './search-run'

interface FinishOptions extends CommonOptions, TypedFinish {
  readonly trial?: string
  readonly export?: boolean
}

/** A final training that has come to its end, or stands. */
export interface Finished {
  readonly run: Run
  readonly trial: Trial | null
}

async function followed(context: CommandContext, { id, number, definition }: Run): Promise<Finished> {
  context.output.note(
    `Run ${number} trains "${definition.name}" for ${definition.recipe.epochs} ${definition.recipe.epochs === 1 ? 'epoch' : 'epochs'}, to be tested once.`,
  )
  const run = await watchRun(context, id)
  const trial = run.bestTrialId === null ? null : await context.client.trials.get({ id: run.bestTrialId })
  return { run, trial }
}

/** Which of the two it is, and who the other is, where they differ. */
async function tellWinner(
  { client, output }: CommandContext,
  search: Run,
  { winner }: FinalWish,
  trialId: number | null,
): Promise<void> {
  if (trialId !== null || search.bestTrialId === null) return
  const expected = await client.searches.winner({ id: search.id })
  if (expected === null || expected.trialId === search.bestTrialId) return
  const { number } = await client.trials.get({ id: search.bestTrialId })
  output.note(
    winner === 'expected'
      ? `Trial ${expected.trialNumber} is trained on, the winner by all ${expected.results} results. The best measured is trial ${number}: --winner measured takes that one.`
      : `Trial ${number} is trained on, the best measured. The winner by all ${expected.results} results is trial ${expected.trialNumber}: --winner expected takes that one.`,
  )
}

export interface FinishResult {
  readonly winner: Finished
  readonly peer: Finished | null
  readonly export: Export | null
  readonly text: string
  readonly code: number
}

/**
 * @param wish how it is trained
 * @param also what else is wanted of it
 */
export async function finish(
  context: CommandContext,
  search: Run,
  wish: FinalWish,
  also: { readonly trialId: number | null; readonly peer: boolean; readonly export: boolean },
): Promise<FinishResult> {
  const { client } = context
  await tellWinner(context, search, wish, also.trialId)
  const winner = await followed(context, await client.searches.finish({ id: search.id, trialId: also.trialId, wish }))
  const isDone = winner.run.state === 'finished' && winner.trial !== null
  const exported = isDone && also.export && winner.trial !== null ? await exportTrial(context, winner.trial.id) : null
  const peer =
    isDone && also.peer
      ? await followed(context, await client.searches.trainPeer({ id: search.id, trialId: also.trialId, wish }))
      : null
  const text = [...finishLines(search, winner, peer), ...(exported === null ? [] : [exportText(exported)])].join('\n')
  const failed = exported?.proof?.passed === false
  const code = [winner, ...(peer === null ? [] : [peer])]
    .map(({ run }) => exitCodeOf(run))
    .find((one) => one !== EXIT.ok)
  return { winner, peer, export: exported, text, code: code ?? (failed ? EXIT.failed : EXIT.ok) }
}

function row(what: string, { run, trial }: Finished): string[] {
  return [
    ...[what, String(run.number), trial?.parameters == null ? '' : count(trial.parameters)],
    ...[trial?.macs == null ? '' : count(trial.macs), String(run.definition.recipe.epochs)],
    run.reported === null ? run.state : percent(run.reported),
  ]
}

/** What it came to; the test accuracies beside each other where there is a peer. */
export function finishLines(search: Run, winner: Finished, peer: Finished | null): string[] {
  const rows = [row('found', winner), ...(peer === null ? [] : [row(`hand-made: ${peer.run.definition.name}`, peer)])]
  const advice = resumeAdvice(winner.run)
  const tested = winner.run.reported
  const beside = peer?.run.reported ?? null
  return [
    table(['Network', '>Run', '>Parameters', '>Multiply-accumulates', '>Epochs', '>Tested'], rows),
    ...(tested === null ? [] : [`Tested once on the test split, which no search and no training sees.`]),
    ...(tested === null || beside === null
      ? []
      : [
          `The network that run ${search.number} found is ${(100 * Math.abs(tested - beside)).toFixed(1)} points ${tested >= beside ? 'above' : 'below'} the hand-made one of about the same cost, trained as long. One training of each: another seed may turn that round.`,
        ]),
    ...(advice === null ? [] : [advice]),
  ]
}

/** @param group `gpt-nas search` */
export function finishCommand(group: Command): void {
  withCommonOptions(
    withFinishOptions(
      group
        .command('finish [run]')
        .description(
          'train the winner of a run (default: the latest) on its training and validation images together and test it once; an unfinished one goes on',
        )
        .option('--trial <number>', 'another trial than the winner'),
    ).option('--export', 'export the result and prove the export'),
  ).action((wanted: string | undefined, options: FinishOptions) =>
    runCommand(options, async (context) => {
      const wish = finishWish(options)
      const search = await searchOf(context, wanted)
      const result = await finish(context, search, wish, {
        trialId: options.trial === undefined ? null : await trialId(context, search, options.trial),
        ...{ peer: options.peer === true, export: options.export === true },
      })
      context.output.result({ ...result, text: undefined, code: undefined }, result.text)
      return result.code
    }),
  )
}

/** The latest run that is no final training, where none is named. */
async function searchOf({ client }: CommandContext, wanted: string | undefined): Promise<Run> {
  if (wanted !== undefined) return findRun(client, wanted)
  const searches = (await client.searches.list()).filter(({ definition }) => definition.final === null)
  const latest = searches.reduce<Run | null>(
    (newest, run) => (newest && newest.number > run.number ? newest : run),
    null,
  )
  return latest ?? findRun(client, undefined)
}

async function trialId({ client }: CommandContext, { id, number }: Run, wanted: string): Promise<number> {
  const { trials } = await client.trials.list({ id, limit: 10_000 })
  const trial = trials.find((one) => one.number === positive(wanted))
  if (trial !== undefined) return trial.id
  throw new AppError(
    'not-found',
    `Run ${number} has no trial ${wanted}.`,
    `List them with "${typed(`search show ${number}`)}".`,
  )
}
