// gpt-nas proposer corpus: block chains trained briefly, as a table to learn from. Training them is engine/corpora's; the same command goes
// on where it was.
import type { CorpusRequest } from '@shared/contract/proposer'
import { AppError } from '@shared/errors'
import { corpusPlan, CORPUS_DEFAULTS, type CorpusSettings } from '@shared/proposer/corpus/corpus-plan'
import { refuseStrangeCorpus } from '@node/corpus-file'
import { absolutePlace } from '@node/safe-target'
import { breakOffOnInterrupt } from './break-off'
import type { CommandContext } from './command'
import { getDataset } from './commands/dataset'
import { bar } from './format'
import { list } from './option-values'
import { EXIT } from './output'
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

async function follow(
  { client, output }: CommandContext,
  request: CorpusRequest,
  signal: AbortSignal,
): Promise<number> {
  let told = 0
  for await (const event of await client.proposer.corpus(request, { signal })) {
    if (event.type === 'paused') {
      output.note(`The time is up: run ${event.runNumber} is paused. The same command goes on from here.`)
      return EXIT.interrupted
    }
    if (event.type === 'finished') {
      output.result(event, `${event.file} holds ${event.trainings} trainings.`)
      continue
    }
    const { done, total, label, chains, runNumber, share } = event
    output.live([`${bar((done + share) / total)} ${done} of ${total} parts done; ${label}, run ${runNumber}`])
    if (runNumber !== told) output.note(`Run ${runNumber}: ${label}, ${chains} chains.`)
    told = runNumber
  }
  return EXIT.ok
}

export async function corpusOf(context: CommandContext, options: CorpusOptions): Promise<number> {
  const settings = corpusSettings(options)
  const minutes = options.minutes === undefined ? null : whole('minutes', options.minutes, 1, 1)
  // As it was named: an absolute place no longer tells that a folder was meant.
  await refuseStrangeCorpus(options.out)
  const out = absolutePlace(options.out, 'file')
  const [first] = corpusPlan(settings)
  for (const dataset of settings.datasets) await getDataset(context, dataset, first?.definition.data.resolution ?? null)
  return breakOffOnInterrupt(context, (signal) => follow(context, { settings, out, minutes }, signal))
}
