// gpt-nas train: one architecture, trained with a recipe on a data set. A run of one trial, so that it can be paused, resumed,
// looked at in the window and exported like any other.
import type { Command } from 'commander'
import { applyDiff, metaOf, setClasses, setInputShape, type ArchitectureDocument } from '@shared/architecture/document'
import { zooDocument } from '@shared/architecture/document/zoo-document'
import { ZOO_NAMES } from '@shared/architecture/zoo'
import type { Dataset } from '@shared/contract/datasets'
import { AppError } from '@shared/errors'
import { shapeAt } from '@shared/search/resolution'
import { runDefinitionSchema, type Run, type RunDefinition } from '@shared/search/run'
import type { Trial } from '@shared/search/trial'
import { ownExport } from '@node/own-export'
import { refuseUnwritable, safeFolder } from '@node/safe-target'
import { ARCHITECTURE_HELP, readArchitecture } from '../architectures'
import { runCommand, withCommonOptions, type CommandContext, type CommonOptions } from '../command'
import { readText } from '../files'
import { duration, loss, percent, table } from '../format'
import { EXIT, failureLines } from '../output'
import { exitCodeOf, resumeAdvice } from '../run-end'
import { sizeText } from '../trial-text'
import { usageText } from '../usage-text'
import { watchRun } from '../watch-run'
import { getDataset } from './dataset'
import { weightsOf } from '../imports'
import { exportAfter, exportText } from './export'

export interface TrainOptions extends CommonOptions {
  readonly config?: string
  readonly dataset?: string
  readonly images?: string
  readonly resolution?: string
  readonly validationImages?: string
  readonly epochs?: string
  readonly batch?: string
  readonly learningRate?: string
  readonly optimizer?: string
  readonly seed?: string
  readonly timeLimit?: string
  readonly fit?: boolean
  readonly fromWeights?: string | true
  readonly export?: string | true
}

/** Which field of a definition an option writes; all but two are numbers. */
const FIELDS: readonly (readonly [keyof TrainOptions, string, readonly string[]])[] = [
  ['dataset', '--dataset', ['data', 'dataset']],
  ['images', '--images', ['data', 'trainImages']],
  ['resolution', '--resolution', ['data', 'resolution']],
  ['validationImages', '--validation-images', ['data', 'validationImages']],
  ['epochs', '--epochs', ['recipe', 'epochs']],
  ['batch', '--batch', ['recipe', 'batchSize']],
  ['learningRate', '--learning-rate', ['recipe', 'learningRate']],
  ['optimizer', '--optimizer', ['recipe', 'optimizer']],
  ['seed', '--seed', ['seed']],
  ['timeLimit', '--time-limit', ['trialTimeLimit']],
]
const TEXTS: ReadonlySet<keyof TrainOptions> = new Set(['dataset', 'optimizer'])

type Json = Record<string, unknown>
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The parts of a training in a settings file: a search file will do, what belongs to the search is passed over. */
function settingsOf(config: string | undefined): Json {
  if (config === undefined) return {}
  let json: unknown
  try {
    json = JSON.parse(readText(config, 'settings file'))
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw new AppError('invalid-input', `${config} is not JSON: ${(cause as Error).message}`, 'See docs/training.md.')
  }
  if (!isObject(json))
    throw new AppError(
      'invalid-input',
      `${config} must hold an object with "recipe" and "data".`,
      'See docs/training.md.',
    )
  const { recipe, data, seed, trialTimeLimit } = json
  return { recipe, data, seed, trialTimeLimit }
}

/**
 * Settings of a training: those of the file, then what is typed.
 * @throws AppError `invalid-input` naming every wrong option or field
 */
export function readTraining(name: string, options: TrainOptions): RunDefinition {
  const settings: Json = { name, ...settingsOf(options.config) }
  for (const [option, , [first, second]] of FIELDS) {
    const typed = options[option]
    if (typeof typed !== 'string') continue
    const value = TEXTS.has(option) ? typed : Number(typed)
    const held = settings[first!]
    settings[first!] = second === undefined ? value : { ...(isObject(held) ? held : {}), [second]: value }
  }
  const parsed = runDefinitionSchema.safeParse(settings)
  if (parsed.success) return parsed.data
  const issues = parsed.error.issues.map(({ path, message }) => {
    const place = path.join('.')
    const field = FIELDS.find(([option, , keys]) => keys.join('.') === place && options[option] !== undefined)
    return `  ${field?.[1] ?? place}: ${message}`
  })
  throw new AppError(
    'invalid-input',
    `This training cannot be started:\n${issues.join('\n')}`,
    'docs/training.md describes every field.',
  )
}

/** The architecture as the data wants it: a zoo network is built for it, a file is changed only when asked to. */
export async function fittedArchitecture(
  file: string,
  { shape, classes }: Pick<Dataset, 'shape' | 'classes'>,
  isFitted: boolean,
): Promise<ArchitectureDocument> {
  const document = await readArchitecture(file)
  const isZoo = ZOO_NAMES.includes(file) && metaOf(document).name === file
  if (isZoo) return zooDocument(file, { input: shape, classes: classes.length })
  if (!isFitted) return document
  const sized = applyDiff(document, setInputShape(document, shape))
  return applyDiff(sized, setClasses(sized, classes.length))
}

function trainingText(run: Run, trial: Trial | null): string {
  const lines = [`Training ${run.number} of "${run.definition.name}" is ${run.state} after ${duration(run.seconds)}.`]
  const error = run.error ?? trial?.error
  if (error) lines.push(...failureLines(error))
  if (trial && trial.epochs.length > 0) {
    const rows = trial.epochs.map((epoch) => [
      String(epoch.epoch),
      epoch.learningRate.toPrecision(3),
      loss(epoch.trainLoss),
      percent(epoch.trainAccuracy),
      loss(epoch.validationLoss),
      percent(epoch.validationAccuracy),
      duration(epoch.seconds),
    ])
    lines.push(table(['>Epoch', '>Rate', '>Loss', '>Accuracy', '>Validation loss', '>Validation', '>Time'], rows))
  }
  if (trial?.fitness != null)
    lines.push(
      `Best validation accuracy ${percent(trial.fitness)}, ${sizeText(trial)}. The weights are kept in the workspace.`,
    )
  const usage = trial && usageText(trial)
  if (usage) lines.push(usage)
  const advice = resumeAdvice(run)
  if (advice !== null) lines.push(advice)
  return lines.join('\n')
}

async function trainFile(context: CommandContext, file: string, options: TrainOptions): Promise<number> {
  const { client, output, workspaceFolder } = context
  // Before anything is fetched: a mistyped option, or a file that is no design, should not cost a download.
  // Before a training of hours: what is in the way then is in the way now.
  const folder = typeof options.export === 'string' ? await safeFolder(options.export, ownExport()) : null
  if (folder !== null) await refuseUnwritable(folder)
  const settings = readTraining(file, options)
  await readArchitecture(file)
  const { dataset: name, resolution } = settings.data
  await getDataset(context, name, resolution)
  const dataset = (await client.datasets.list()).find((listed) => listed.name === name)
  if (dataset === undefined) throw new AppError('dataset-missing', `There is no data set ${name}.`)
  const data = { shape: shapeAt(name, dataset.shape, resolution), classes: dataset.classes }
  const document = await fittedArchitecture(file, data, options.fit === true)
  const initial =
    options.fromWeights === undefined
      ? undefined
      : await weightsOf(context, options.fromWeights === true ? file : options.fromWeights)
  const definition: RunDefinition = {
    ...settings,
    name: metaOf(document).name,
    space: {
      kind: 'single',
      architecture: { ...document },
      ...(initial !== undefined && { initialWeights: initial }),
    },
  }
  const run = await client.searches.create({ definition })
  const size = resolution === null ? '' : ` at ${resolution} x ${resolution} pixels`
  output.note(`Training ${run.number}, "${definition.name}" on ${dataset.title}${size}, in ${workspaceFolder}`)
  const ended = await watchRun(context, run.id)
  const { trials } = await client.trials.list({ id: run.id })
  const trial = trials[0] ?? null
  const isExported = options.export !== undefined && trial?.state === 'finished'
  const exported = isExported ? await exportAfter(context, trial.id, trainingText(ended, trial), folder) : null
  output.result(
    { run: ended, trial, export: exported },
    [trainingText(ended, trial), ...(exported ? [exportText(exported)] : [])].join('\n'),
  )
  const code = exitCodeOf(ended)
  if (code !== EXIT.ok) return code
  return trial?.state === 'finished' && exported?.proof?.passed !== false ? EXIT.ok : EXIT.failed
}

export function trainCommand(program: Command): void {
  withCommonOptions(
    program
      .command('train <file>')
      .description(`train one architecture: ${ARCHITECTURE_HELP}; Ctrl-C pauses it cleanly`)
      .option('--config <file>', 'JSON file with "recipe", "data", "seed" and "trialTimeLimit"; a search file will do')
      .option('--dataset <name>', 'data set (default: cifar-10)')
      .option('--images <n>', 'training images, stratified (default: all that validation leaves)')
      .option('--resolution <pixels>', 'train on smaller images, for example 16 (default: as the data set has them)')
      .option('--validation-images <n>', 'images kept from the training split for validation')
      .option('--epochs <n>', 'passes over the training images')
      .option('--batch <n>', 'images per step')
      .option('--learning-rate <rate>', 'peak learning rate')
      .option('--optimizer <name>', 'sgd or adamw')
      .option('--seed <n>', 'seed of weights, order and augmentation')
      .option('--time-limit <seconds>', 'fail a training that takes longer')
      .option('--fit', 'give a file’s network the image size and the classes of the data set')
      .option(
        '--from-weights [source]',
        'begin with the values of a network: the file itself, another file, or the number of an import; layers that they lack begin at random',
      )
      .option('--export [folder]', 'export the best weights as a tfjs layers model and prove it'),
  ).action((file: string, options: TrainOptions) => runCommand(options, (context) => trainFile(context, file, options)))
}
