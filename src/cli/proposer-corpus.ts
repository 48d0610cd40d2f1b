// gpt-nas proposer corpus: trains the chains of shared/proposer/corpus/corpus-plan.ts as searches of the workspace, one after the other,
// and writes them as one CSV file once all are there. What is trained stays in the workspace, so the same command goes on where it was.
import { existsSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { AppError } from '@shared/errors'
import { corpusPlan, CORPUS_DEFAULTS, type CorpusRun, type CorpusSettings } from '@shared/proposer/corpus/corpus-plan'
import { corpusText, readCorpus, type TrainedChain } from '@shared/proposer/corpus/trained-chains'
import type { Run } from '@shared/search/run'
import { RUN_STATE_RULES } from '@shared/search/run-states'
import type { Trial } from '@shared/search/trial'
import { parseChainGenotype } from '@shared/spaces/block-chain/genotype'
import { ordinaryFile, refuseUnwritable, safeFile } from '@node/safe-target'
import type { CommandContext } from './command'
import { getDataset } from './commands/dataset'
import { readText, writeNewText } from './files'
import { list } from './option-values'
import { EXIT } from './output'
import { exitCodeOf } from './run-end'
import { watchRun } from './watch-run'
import { whole } from './whole-option'

/** Options of the command, as typed. */
export interface CorpusOptions {
  readonly out: string
  readonly datasets?: string
  readonly chains?: string
  readonly seed?: string
  readonly repeated?: string
  readonly longer?: string
  readonly images?: string
  readonly epochs?: string
  readonly minutes?: string
}

/** @throws AppError `invalid-input` naming the option */
export function corpusSettings(options: CorpusOptions): CorpusSettings {
  const datasets = options.datasets === undefined ? CORPUS_DEFAULTS.datasets : list(options.datasets)
  if (datasets.length === 0)
    throw new AppError(
      'invalid-input',
      `--datasets: expected names of data sets between commas, received "${options.datasets}".`,
    )
  const settings: CorpusSettings = {
    datasets,
    chains: whole('chains', options.chains, CORPUS_DEFAULTS.chains, 1),
    seed: whole('seed', options.seed, CORPUS_DEFAULTS.seed, 0),
    repeated: whole('repeated', options.repeated, CORPUS_DEFAULTS.repeated, 0),
    longer: whole('longer', options.longer, CORPUS_DEFAULTS.longer, 0),
    images: whole('images', options.images, CORPUS_DEFAULTS.images, 100),
    epochs: whole('epochs', options.epochs, CORPUS_DEFAULTS.epochs, 1),
  }
  if (Math.max(settings.repeated, settings.longer) > settings.chains)
    throw new AppError(
      'invalid-input',
      `--repeated and --longer: at most the ${settings.chains} chains that are drawn.`,
    )
  return settings
}

/**
 * Before trainings of an hour: what is in the way then is in the way now. A corpus may be there: of the same trainings it comes out the
 * same, and any other is refused in the end.
 * @throws AppError `conflict`, `not-found`, `invalid-input` as `safeFile`
 */
async function refuseStranger(named: string): Promise<void> {
  const file = await ordinaryFile(named)
  if (!existsSync(file)) return refuseUnwritable(file)
  try {
    readCorpus(readText(file, 'corpus'))
  } catch {
    await safeFile(named) // a file that is no corpus: refused with its name
  }
}

const trialsOf = async ({ client }: CommandContext, { id }: Run): Promise<Trial[]> =>
  (await client.trials.list({ id, limit: 10_000 })).trials

const isFinished = ({ state, isRepeat }: Trial): boolean => state === 'finished' && !isRepeat

/** The run of that part, with its chains in, whether it was begun before or not. */
async function begun(context: CommandContext, { definition, taken }: CorpusRun, drawn: Run | undefined): Promise<Run> {
  const { client } = context
  const known = (await client.searches.list()).find(
    (run) => run.state !== 'stopped' && isDeepStrictEqual(run.definition, definition),
  )
  const run = known ?? (await client.searches.create({ definition, start: false }))
  if (taken === null || RUN_STATE_RULES[run.state].isOver) return run
  if (drawn === undefined) throw new Error('chains are drawn before any of them is repeated')
  const chains = (await trialsOf(context, drawn)).filter(isFinished).slice(0, taken)
  const present = await trialsOf(context, run)
  for (const { id } of chains.slice(present.length))
    await client.searches.inject({ id: run.id, architecture: { from: 'trial', id } })
  return run
}

/** Until its end, or until the time is up. */
async function trained(context: CommandContext, run: Run, until: number): Promise<Run> {
  if (RUN_STATE_RULES[run.state].isOver) return run
  const { client, output } = context
  await client.searches.resume({ id: run.id })
  const left = until - performance.now()
  const timer = Number.isFinite(left)
    ? setTimeout(
        () => {
          client.searches.pause({ id: run.id }).catch((thrown: unknown) => output.failure(thrown))
        },
        Math.max(0, left),
      )
    : undefined
  try {
    return await watchRun(context, run.id)
  } finally {
    clearTimeout(timer)
  }
}

function rowsOf({ part, definition }: CorpusRun, trials: readonly Trial[]): TrainedChain[] {
  return trials.filter(isFinished).flatMap((trial) =>
    trial.fitness === null || trial.parameters === null || trial.macs === null
      ? []
      : [
          {
            dataset: definition.data.dataset,
            part,
            seed: definition.seed,
            genotype: parseChainGenotype(trial.genotype),
            parameters: trial.parameters,
            macs: trial.macs,
            accuracy: trial.fitness,
            curve: trial.epochs.map(({ validationAccuracy }) => validationAccuracy),
          },
        ],
  )
}

export async function corpusOf(context: CommandContext, options: CorpusOptions): Promise<number> {
  const { output } = context
  const settings = corpusSettings(options)
  const minutes = options.minutes === undefined ? null : whole('minutes', options.minutes, 1, 1)
  const until = minutes === null ? Infinity : performance.now() + minutes * 60_000
  await refuseStranger(options.out)
  const plan = corpusPlan(settings)
  for (const dataset of settings.datasets)
    await getDataset(context, dataset, plan[0]?.definition.data.resolution ?? null)
  const rows: TrainedChain[] = []
  let drawn: Run | undefined
  for (const part of plan) {
    const run = await begun(context, part, drawn)
    output.note(`Run ${run.number}: ${part.definition.name}, ${part.definition.populationSize} chains.`)
    const ended = await trained(context, run, until)
    if (ended.state !== 'finished') {
      output.note('The same command goes on from here.')
      return exitCodeOf(ended) === EXIT.ok ? EXIT.failed : exitCodeOf(ended)
    }
    drawn ??= ended
    rows.push(...rowsOf(part, await trialsOf(context, ended)))
  }
  await writeNewText(options.out, corpusText(rows))
  output.result({ file: options.out, trainings: rows.length }, `${options.out} holds ${rows.length} trainings.`)
  return EXIT.ok
}
