// gpt-nas search: start, resume, list, verify, show. Progress goes to standard error, the result to standard output.
import { isDeepStrictEqual } from 'node:util'
import type { Command } from 'commander'
import { AppError } from '@shared/errors'
import { fitnessFigure, fitnessText } from '@shared/evaluators/fitness-text'
import { evaluatorOf, fitnessReading } from '@shared/evaluators/registry'
import { endText } from '@shared/search/end-text'
import { budgetText } from '@shared/search/progress'
import { rankFidelity, rankFidelityLines, type RankFidelity } from '@shared/search/rank-fidelity'
import type { Run, RunDefinition } from '@shared/search/run'
import { RUN_STATE_RULES } from '@shared/search/run-states'
import { PRESETS } from '@shared/search/presets'
import { SAMPLES } from '@shared/search/samples'
import type { Trial } from '@shared/search/trial'
import { STRATEGIES } from '@shared/strategies/registry'
import { typed } from '@node/command-line'
import { list } from '../option-values'
import { runCommand, withCommonOptions, type CommandContext, type CommonOptions } from '../command'
import { presetOf, readDefinition, type DefinitionSource } from '../definition'
import { count, duration, table } from '../format'
import { finishWish, finishWords, refuseWithoutFinish, withFinishOptions, type TypedFinish } from '../finish-options'
import { frontLine, frontTable } from '../front-text'
import { EXIT, failureLines } from '../output'
import { exitCodeOf, resumeAdvice } from '../run-end'
import { sizeText, trialColumns } from '../trial-text'
import { verificationText } from '../verification-text'
import { usageColumns } from '../usage-text'
import { winnerLines } from '../winner-lines'
import { watchRun } from '../watch-run'
import { allowCommand } from '../allow-command'
import { ablationCommand } from './ablation'
import { changeCommands } from './search-change'
import { finish, finishCommand } from './search-finish'
import { getDataset } from './dataset'
import { exportAfter, exportText, nextSteps } from './export'
import { dryRun } from './search-forecast'
import { manageCommands } from './search-manage'
import { paperCommand } from './search-paper'
import { findRun } from './search-run'

interface StartOptions extends CommonOptions, DefinitionSource, TypedFinish {
  readonly export?: boolean
  readonly finish?: boolean
  readonly goOn?: boolean
  readonly dryRun?: boolean
  readonly warmStart?: readonly string[]
}

interface ResumeOptions extends CommonOptions {
  readonly export?: boolean
  readonly allowCommand?: boolean
}

/** Before anything is fetched or stored. @returns what else is worth knowing; @throws AppError `invalid-input` with every problem */
async function refuseProblems({ client }: CommandContext, definition: RunDefinition): Promise<readonly string[]> {
  const { problems, notes } = await client.searches.check({ definition })
  if (problems.length > 0)
    throw new AppError('invalid-input', `The search cannot be started:\n  ${problems.join('\n  ')}`)
  return notes
}

/** @param typedFinish how its winner is trained on */
async function followAndFinish(
  context: CommandContext,
  run: Run,
  shouldExport: boolean,
  typedFinish: TypedFinish,
): Promise<number> {
  const wish = finishWish(typedFinish)
  const ended = RUN_STATE_RULES[run.state].isOver ? run : await watchRun(context, run.id)
  const best = ended.bestTrialId === null ? null : await context.client.trials.get({ id: ended.bestTrialId })
  const told = summary(ended, best, null)
  if (ended.state !== 'finished' || best === null) {
    const words = [...finishWords(typedFinish), ...(shouldExport ? ['--export'] : [])]
    const later = typed(['search finish', ended.number, ...words].join(' '))
    context.output.result(
      { run: ended, best },
      `${summary(ended, best)}\nOnce it is finished, "${later}" trains its winner on.`,
    )
    return exitCodeOf(ended)
  }
  context.output.note(told)
  const finished = await finish(context, ended, wish, {
    trialId: null,
    peer: typedFinish.peer === true,
    export: shouldExport,
  })
  context.output.result(
    { run: ended, best, winner: finished.winner, peer: finished.peer, export: finished.export },
    [told, finished.text, ...(finished.export === null ? [] : [nextSteps(finished.winner.run.number)])].join('\n'),
  )
  return finished.code
}

async function follow(context: CommandContext, run: Run, shouldExport: boolean): Promise<number> {
  const ended = await watchRun(context, run.id)
  const best = ended.bestTrialId === null ? null : await context.client.trials.get({ id: ended.bestTrialId })
  const canExport = shouldExport && ended.state === 'finished' && best !== null
  const exported = canExport ? await exportAfter(context, best.id, summary(ended, best)) : null
  const { winner, lines } = await winnerLines(context.client, ended)
  const told =
    exported === null
      ? [summary(ended, best, shouldExport ? ' --export' : ''), ...lines]
      : [summary(ended, best, null), ...lines, exportText(exported), nextSteps(ended.number)]
  context.output.result({ run: ended, best, winner, export: exported }, told.join('\n'))
  return exported?.proof?.passed === false ? EXIT.failed : exitCodeOf(ended)
}

/** "12 min 5 s", or "12 min 5 s of 1 h 0 min" where it is limited. */
const timeText = ({ seconds, definition: { maxSeconds } }: Run): string =>
  maxSeconds === null ? duration(seconds) : `${duration(seconds)} of ${duration(maxSeconds)}`

/** @param options of the command that goes on with it; null where there is nothing left to advise */
function summary(run: Run, best: Trial | null, options: string | null = ''): string {
  const reading = fitnessReading(run.definition)
  const lines = [
    `Run ${run.number} "${run.definition.name}" is ${run.state}: ${budgetText(run)}, ${timeText(run)} of searching.`,
    ...(run.end === null ? [] : [endText(run.end, run.definition)]),
  ]
  const { dataset, resolution } = run.definition.data
  const { isTraining } = evaluatorOf(run.definition)
  if (isTraining && resolution !== null) lines.push(`Trained on ${dataset} at ${resolution} x ${resolution} pixels.`)
  if (run.error) lines.push(...failureLines(run.error))
  if (best)
    lines.push(
      `Best: trial ${best.number} with ${[fitnessText(reading, best.fitness ?? 0), sizeText(best)].filter(Boolean).join(', ')}.`,
    )
  const front = frontLine(run)
  if (front !== null) lines.push(front)
  if (best && best.reported !== null)
    lines.push(`Reported for it, and seen by no search: ${fitnessFigure(reading, best.reported)}.`)
  if (options === null) return lines.join('\n')
  const advice = resumeAdvice(run, options)
  if (advice !== null) lines.push(advice)
  else if (best && isTraining && RUN_STATE_RULES[run.state].isOver)
    lines.push(`Export it with "${typed(`export ${run.number}`)}".`)
  return lines.join('\n')
}

/**
 * The newest run of exactly these settings that can go on; null where there is none.
 * @param also takes a finished one, too, whose winner may still have to be trained on
 */
async function unfinished(
  { client }: CommandContext,
  definition: RunDefinition,
  also: 'finished' | 'none',
): Promise<Run | null> {
  // A share of the data is a number once a run keeps it.
  const asKept = ({ definition: { data } }: Run): RunDefinition => ({
    ...definition,
    data: {
      ...definition.data,
      trainImages: definition.data.trainImages ?? (definition.data.trainShare === null ? null : data.trainImages),
      validationImages: definition.data.validationImages ?? data.validationImages,
    },
  })
  const same = (run: Run): boolean => isDeepStrictEqual(run.definition, asKept(run))
  const runs = (await client.searches.list()).filter(
    (run) => (RUN_STATE_RULES[run.state].canResume || run.state === also) && same(run),
  )
  return runs.reduce<Run | null>((newest, run) => (newest !== null && newest.number > run.number ? newest : run), null)
}

/** @param finishing how its winner is trained on at the end; null where it is not */
async function goOn(
  context: CommandContext,
  id: string,
  shouldExport: boolean,
  finishing: TypedFinish | null = null,
): Promise<number> {
  const run = await context.client.searches.resume({ id })
  context.output.note(`Run ${run.number} "${run.definition.name}" goes on: ${budgetText(run)}.`)
  return finishing === null
    ? follow(context, run, shouldExport)
    : followAndFinish(context, run, shouldExport, finishing)
}

const isDamaged = ({ error }: Pick<Run, 'error'>): boolean => error?.code === 'storage-damaged'

/** What of a list cannot be read, under its table; the advice once. */
function damageLines(rows: readonly { readonly what: string; readonly error: Run['error'] }[]): string[] {
  const damaged = rows.filter(isDamaged)
  if (damaged.length === 0) return []
  const lines = damaged.map(({ what, error }) => `${what}: ${error?.message ?? ''}`)
  return ['', ...lines, damaged[0]?.error?.fix ?? '']
}

/** A workspace without runs that keeps weights has lost its database, or was given an older one. */
async function withoutRuns({ runtime }: CommandContext['client']): Promise<string> {
  const { strayContents } = await runtime.workspace()
  if (strayContents === 0) return `No runs yet. Start one with "${typed('search start --sample')}".`
  return `The database knows no run, although the workspace keeps ${count(strayContents)} trained weights or checkpoints of some: it is a new one, or an older copy.\nIf runs are missing, put a copy back: "${typed('workspace backups')}" lists them, "${typed('workspace restore FILE')}" does it. Nothing is removed meanwhile.`
}

/** Whether its short trainings order its trials as longer ones do. */
async function ranksOf(
  { searches }: CommandContext['client'],
  run: Run,
  trials: readonly Trial[],
): Promise<readonly RankFidelity[]> {
  if (!evaluatorOf(run.definition).isTraining || run.definition.final !== null) return []
  const finals = (await searches.list()).filter(({ definition }) => definition.final?.of?.runId === run.id)
  return rankFidelity(run.definition, trials, finals)
}

export function searchCommand(program: Command): void {
  const group = program
    .command('search')
    .description('runs: start a search, resume, list, show, verify; strategies compared')

  withCommonOptions(
    withFinishOptions(
      group
        .command('start')
        .description('start a search and follow it to its end; Ctrl-C pauses it cleanly')
        .option('--config <file>', 'JSON file with the settings')
        .option('--sample [name]', `settings that come with the product: ${SAMPLES.map(({ id }) => id).join(', ')}`)
        .option(
          '--preset <name>',
          `a published experiment as it was done, which takes days on a card: ${PRESETS.map(({ id }) => id).join(', ')}; --dry-run forecasts them`,
        )
        .option(
          '--set <field=value>',
          `a setting in place of the file’s, the sample’s or the preset’s, such as strategy=ga; may be given again and again. Strategies: ${STRATEGIES.map(({ name }) => name).join(', ')}; every field: docs/search-file.md`,
          (word: string, words: readonly string[]) => [...words, word],
          [],
        )
        .option(
          '--warm-start <runs>',
          'former runs by number, such as 3,5, whose results gpt-nas and gp-ei start from as far as they fit',
          list,
        )
        .option('--export', 'export the best network at the end and prove the export')
        .option('--finish', 'then train the winner on and test it once, as "search finish" does')
        .option('--dry-run', 'check the settings and forecast time, memory and disk; start nothing')
        .option('--go-on', 'go on with an unfinished run of exactly these settings where there is one'),
      'with --finish: ',
    ),
  ).action((options: StartOptions) =>
    runCommand(options, async (context) => {
      const isFinishing = options.finish === true
      refuseWithoutFinish(options, isFinishing)
      // What is wrong with it is told before the search takes its hours.
      finishWish(options)
      const { warmStart } = options
      const read = readDefinition(options)
      const definition = warmStart === undefined ? read : { ...read, warmStart: [...warmStart] }
      const notes = await refuseProblems(context, definition)
      if (options.dryRun === true) return dryRun(context, definition, notes, presetOf(options))
      if (evaluatorOf(definition).needsData)
        await getDataset(context, definition.data.dataset, definition.data.resolution)
      await allowCommand(context, definition)
      const before =
        options.goOn === true ? await unfinished(context, definition, isFinishing ? 'finished' : 'none') : null
      const finishing = isFinishing ? options : null
      if (before?.state === 'finished') return followAndFinish(context, before, options.export === true, options)
      if (before !== null) return goOn(context, before.id, options.export === true, finishing)
      const run = await context.client.searches.create({ definition })
      context.output.note(
        `Run ${run.number} "${definition.name}" (${definition.strategy.name}) in ${context.workspaceFolder}`,
      )
      return isFinishing
        ? followAndFinish(context, run, options.export === true, options)
        : follow(context, run, options.export === true)
    }),
  )

  withCommonOptions(
    group
      .command('resume [run]')
      .description('go on with a run that was paused, interrupted or has failed (default: the latest)')
      .option('--allow-command', 'allow its program to be started, where nobody on this machine has allowed it yet')
      .option('--export', 'export the best network at the end'),
  ).action((wanted: string | undefined, options: ResumeOptions) =>
    runCommand(options, async (context) => {
      const { id, definition } = await findRun(context.client, wanted)
      if (options.allowCommand === true) await allowCommand(context, definition)
      return goOn(context, id, options.export === true)
    }),
  )

  withCommonOptions(group.command('list').description('every run of the workspace')).action((options: CommonOptions) =>
    runCommand(options, async ({ client, output }) => {
      const runs = await client.searches.list()
      const rows = runs.map((run) => [
        String(run.number),
        run.definition.name,
        isDamaged(run) ? '?' : run.definition.strategy.name,
        run.state,
        `${run.counts.finished + run.counts.failed}/${run.counts.planned}`,
        run.counts.repeats === 0 ? '' : String(run.counts.repeats),
        run.bestFitness === null ? '' : fitnessFigure(fitnessReading(run.definition), run.bestFitness),
        duration(run.seconds),
      ])
      output.result(
        runs,
        runs.length === 0
          ? await withoutRuns(client)
          : [
              table(['>Run', 'Name', 'Strategy', 'State', '>Evaluations', '>Repeats', '>Best', '>Time'], rows),
              ...damageLines(runs.map((run) => ({ what: `Run ${run.number}`, error: run.error }))),
            ].join('\n'),
      )
    }),
  )

  ablationCommand(group)
  changeCommands(group)
  finishCommand(group)
  manageCommands(group)
  paperCommand(group)

  withCommonOptions(
    group
      .command('verify [run]')
      .description('replay a run and say whether it comes out again (default: the latest); drift is exit code 1'),
  ).action((wanted: string | undefined, options: CommonOptions) =>
    runCommand(options, async ({ client, output }) => {
      const run = await findRun(client, wanted)
      const verification = await client.searches.verify({ id: run.id })
      output.result({ run: { id: run.id, number: run.number }, ...verification }, verificationText(run, verification))
      return verification.matches ? EXIT.ok : EXIT.failed
    }),
  )

  withCommonOptions(group.command('show [run]').description('a run and its trials (default: the latest)')).action(
    (wanted: string | undefined, options: CommonOptions) =>
      runCommand(options, async ({ client, output }) => {
        const run = await findRun(client, wanted)
        const { trials } = await client.trials.list({ id: run.id, limit: 10_000 })
        const best = trials.find((trial) => trial.id === run.bestTrialId) ?? null
        const usage = usageColumns(trials)
        const columns = trialColumns(trials, fitnessReading(run.definition))
        const rows = trials.map((trial) => [...columns.cells(trial), ...usage.cells(trial)])
        const damaged = damageLines(trials.map((trial) => ({ what: `Trial ${trial.number}`, error: trial.error })))
        const listed = table([...columns.names, ...usage.names], rows)
        const front = frontTable(run, trials)
        const { winner, lines } = await winnerLines(client, run)
        const ranks = await ranksOf(client, run, trials)
        const above = [summary(run, best), ...lines, ...rankFidelityLines(ranks)].join('\n')
        const parts = [`${above}\n`, ...(front === null ? [] : [`${front}\n`]), listed, ...damaged]
        output.result({ run, trials, winner, rankFidelity: ranks }, parts.join('\n'))
      }),
  )
}
