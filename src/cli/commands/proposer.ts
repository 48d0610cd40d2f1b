// gpt-nas proposer: train a checkpoint, report what one is, let it write chains.
import { Option, type Command } from 'commander'
import { resolve } from 'node:path'
import { proposerTrainingSchema, type ProposerTraining, type ProposerTrainingEvent } from '@shared/contract/proposer'
import { AppError } from '@shared/errors'
import { absolutePlace } from '@node/safe-target'
import { runCommand, runLocally, withCommonOptions, type CommandContext, type CommonOptions } from '../command'
import { bar, count, duration, percent, table } from '../format'
import { EXIT } from '../output'
import { CORPUS_DEFAULTS } from '@shared/proposer/corpus/corpus-plan'
import { corpusOf, type CorpusOptions } from '../proposer-corpus'
import { fineTuneProposer, listProposers, useProposer, type FineTuneOptions } from '../proposer-finetune'
import { reportChains, trainChainsPreset } from '../proposer-chains'
import { reportInContext, trainInContext } from '../proposer-in-context'
import { reportWorkbench, sampleWorkbench, trainWorkbench } from '../proposer-workbench'
import { compareCheckpoints, scoreArchitectures, type ScoreOptions } from '../proposer-scores'
import { SPACE_HELP } from '../spaces'

interface TrainOptions extends CommonOptions {
  readonly out: string
  readonly [setting: string]: unknown
}

/** Settings of the training that have an option of their own, by the name they have there. */
const SETTINGS: Readonly<Record<Exclude<keyof ProposerTraining, 'preset'>, string>> = {
  name: 'name of the checkpoint',
  seed: 'seed of everything that is drawn',
  cells: 'NAS-Bench-101 cells for pre-training, or "all"',
  chains: 'random block chains for fine-tuning',
  cellEpochs: 'epochs of pre-training',
  chainEpochs: 'epochs of fine-tuning',
  classifierEpochs: 'epochs of the block classifier',
  batchSize: 'windows in a step',
  learningRate: 'peak learning rate of the GPT',
  heldOut: 'share of the networks that is never trained on',
}

const flagOf = (setting: string): string => setting.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** @throws AppError `invalid-input` naming every setting that is out of range */
export function readTraining(options: Readonly<Record<string, unknown>>): ProposerTraining {
  const given = Object.keys(SETTINGS).flatMap((setting) => {
    const text = options[setting]
    if (text === undefined) return []
    if (setting === 'name') return [[setting, text]]
    return [[setting, setting === 'cells' && text === 'all' ? null : Number(text)]]
  })
  const parsed = proposerTrainingSchema.safeParse({
    ...(options['preset'] === undefined ? {} : { preset: options['preset'] }),
    ...(Object.fromEntries(given) as Record<string, unknown>),
  })
  if (parsed.success) return parsed.data
  const issues = parsed.error.issues.map(({ path, message }) => `  --${flagOf(path.join('.'))}: ${message}`)
  throw new AppError('invalid-input', `The settings of the training are not valid:\n${issues.join('\n')}`)
}

/** The command that repeats a training, every setting spelled out because defaults change. */
export function commandFor(training: ProposerTraining, out: string): string {
  const settings = Object.keys(SETTINGS).map((setting) => {
    const value = training[setting as keyof ProposerTraining]
    return `--${flagOf(setting)} ${value === null ? 'all' : String(value)}`
  })
  return ['gpt-nas proposer train', `--preset ${training.preset}`, `--out ${out}`, ...settings].join(' ')
}

function show(event: ProposerTrainingEvent, { output }: CommandContext): void {
  switch (event.type) {
    case 'note':
      output.note(event.message)
      break
    case 'step': {
      const { phase, step, steps, loss, tokensPerSecond } = event
      output.live([
        `${phase} ${bar(step / steps)} ${percent(step / steps)}  loss ${loss.toFixed(3)}  ${count(Math.round(tokensPerSecond))} tokens/s`,
      ])
      break
    }
    case 'epoch': {
      const { phase, epoch, loss, heldOutLoss } = event
      output.note(`${phase}, epoch ${epoch}: loss ${loss.toFixed(4)}, held out ${heldOutLoss.toFixed(4)}`)
      break
    }
    case 'finished':
      break
  }
}

const figures = (metrics: Readonly<Record<string, number>>): string =>
  table(
    ['Measured', '>Value'],
    Object.entries(metrics).map(([name, value]) => [name, value.toFixed(4)]),
  )

async function train(context: CommandContext, options: TrainOptions): Promise<number> {
  const training = readTraining(options)
  const stop = new AbortController()
  const interrupt = (): void => stop.abort()
  process.once('SIGINT', interrupt)
  try {
    const job = { training, out: absolutePlace(options.out, 'folder'), command: commandFor(training, options.out) }
    for await (const event of await context.client.proposer.train(job, { signal: stop.signal })) {
      show(event, context)
      if (event.type === 'finished')
        context.output.result(
          event,
          `${event.folder} is trained, in ${duration(event.seconds)}.\n${figures(event.metrics)}`,
        )
    }
  } catch (thrown) {
    if (!stop.signal.aborted) throw thrown
    context.output.note('Stopped. The same command goes on from the last epoch.')
    return EXIT.interrupted
  } finally {
    process.off('SIGINT', interrupt)
  }
  return EXIT.ok
}

interface CheckpointOptions extends CommonOptions {
  readonly checkpoint?: string
  readonly preset: string
}
interface SampleOptions extends CheckpointOptions {
  readonly count: string
  readonly seed: string
  readonly space: string
  readonly temperature: string
}
type Preset = 'paper' | 'workbench' | 'in-context' | 'chains'
/** The presets a command knows, its default first. */
const presetOption = (...presets: readonly [Preset, ...Preset[]]): Option =>
  new Option('--preset <name>', 'architecture of the proposer').choices(presets).default(presets[0])

const checkpointOption = (command: Command): Command =>
  command.option('--checkpoint <folder>', 'folder of the checkpoint (default: the one that comes with the product)')
const folderOf = ({ checkpoint }: { checkpoint?: string }): string | null =>
  checkpoint === undefined ? null : resolve(checkpoint)

export function proposerCommand(program: Command): void {
  const group = program
    .command('proposer')
    .description('the GPT that proposes: train, report, sample, score, compare, corpus, finetune, list, use')

  const training = withCommonOptions(
    group
      .command('train')
      .description('train a checkpoint; Ctrl-C breaks off, the same command goes on from the last epoch')
      .requiredOption('--out <folder>', 'folder of the checkpoint')
      .addOption(
        new Option('--preset <name>', 'architecture of the proposer').choices([
          'paper',
          'workbench',
          'in-context',
          'chains',
        ]),
      )
      .option(
        '--table <file>',
        'preset workbench: table of measured cells (default: in the folder of GPTNAS_TABLES); preset chains: a table that "proposer corpus" has written',
      )
      .option('--steps <number>', 'presets workbench and in-context: steps of each model')
      .option('--members <number>', 'preset workbench: GPTs that are averaged')
      .option('--shuffle-labels', 'presets workbench and chains: deals the measured accuracies out anew, as a control'),
  )
  for (const [setting, help] of Object.entries(SETTINGS)) training.option(`--${flagOf(setting)} <value>`, help)
  training.action((options: TrainOptions) => {
    if (options['preset'] === 'workbench') return runLocally(options, (output) => trainWorkbench(output, options))
    if (options['preset'] === 'in-context') return runLocally(options, (output) => trainInContext(output, options))
    if (options['preset'] === 'chains') return runLocally(options, (output) => trainChainsPreset(output, options))
    return runCommand(options, (context) => train(context, options))
  })

  withCommonOptions(
    checkpointOption(group.command('report').description('what a checkpoint is, what it learned from, how good it is')),
  )
    .addOption(presetOption('paper', 'workbench', 'in-context', 'chains'))
    .action((options: CheckpointOptions) => {
      if (options.preset === 'workbench') return runLocally(options, (output) => reportWorkbench(output, options))
      if (options.preset === 'in-context') return runLocally(options, (output) => reportInContext(output, options))
      if (options.preset === 'chains') return runLocally(options, (output) => reportChains(output, options))
      return runCommand(options, async ({ client, output }) => {
        const info = await client.proposer.report({ checkpoint: folderOf(options) })
        output.result(info, info.card)
      })
    })

  withCommonOptions(
    checkpointOption(
      group
        .command('sample')
        .description('chains that the proposer writes from the left; preset workbench: members of any space')
        .option('--count <number>', 'how many', '5')
        .option('--seed <number>', 'seed', '1')
        .option('--space <space>', `preset workbench: ${SPACE_HELP}`, 'nas-bench-201')
        .option('--temperature <number>', 'preset workbench: 1 as learned, less keeps nearer to the likeliest', '1'),
    ),
  )
    .addOption(presetOption('paper', 'workbench'))
    .action((options: SampleOptions) =>
      options.preset === 'workbench'
        ? runLocally(options, (output) => sampleWorkbench(output, options))
        : sampleChains(options),
    )
  corpusCommand(group)
  ownCommands(group)
  judgingCommands(group)
}

function corpusCommand(group: Command): void {
  withCommonOptions(
    group
      .command('corpus')
      .description(
        'train block chains briefly and write them as a table to learn from; Ctrl-C breaks off, the same command goes on',
      )
      .requiredOption('--out <file>', 'CSV file of the corpus, written once all are trained')
      .option(
        '--datasets <names>',
        `data sets that are ready, between commas (default: ${CORPUS_DEFAULTS.datasets.join()})`,
      )
      .option('--chains <number>', `chains that are drawn for each (default: ${CORPUS_DEFAULTS.chains})`)
      .option('--seed <number>', 'seed of the first draw')
      .option('--repeated <number>', 'of the first data set: trained with two more seeds and once on each other')
      .option('--longer <number>', 'of the first data set: trained on three times the images for twice the epochs')
      .option('--images <number>', 'training images, and as many to validate on')
      .option('--epochs <number>', 'passes over them')
      .option('--minutes <number>', 'break off after so long'),
  ).action((options: CorpusOptions & CommonOptions) => runCommand(options, (context) => corpusOf(context, options)))
}

function ownCommands(group: Command): void {
  withCommonOptions(
    group
      .command('finetune')
      .argument('<name>', 'what the new proposer is called')
      .description(
        'train the GPT that picks first on with what this workspace has trained, into a proposer beside the others, and say what that was worth',
      )
      .option('--base <name>', 'proposer to go on from (default: the one in use)')
      .option('--runs <numbers>', 'runs to learn from, between commas (default: all)')
      .option('--seed <number>', 'seed of what is held out and of the draws')
      .option('--steps <number>', 'steps of each GPT')
      .option('--shuffle-labels', 'deals what was measured out anew, as a control')
      .option('--use', 'new searches ask it'),
  ).action((name: string, options: FineTuneOptions) =>
    runCommand(options, (context) => fineTuneProposer(context, name, options)),
  )
  withCommonOptions(
    group.command('list').description('the proposers that searches of this workspace can ask; * is in use'),
  ).action((options: CommonOptions) => runCommand(options, listProposers))
  withCommonOptions(
    group
      .command('use')
      .argument('<name>', 'as "proposer list" has it')
      .description('have new searches of the strategy gpt-nas ask this proposer'),
  ).action((name: string, options: CommonOptions) => runCommand(options, (context) => useProposer(context, name)))
}

function judgingCommands(group: Command): void {
  withCommonOptions(
    checkpointOption(
      group
        .command('score')
        .argument('<architecture...>', 'the words at its positions, as sample writes them, in quotes')
        .description('what preset workbench says of architectures, beside random ones of their space')
        .option('--space <space>', SPACE_HELP, 'nas-bench-201')
        .option('--seed <number>', 'seed of the random ones', '1'),
    ),
  ).action((architectures: string[], options: ScoreOptions & CommonOptions) =>
    runLocally(options, (output) => scoreArchitectures(output, architectures, options)),
  )

  withCommonOptions(
    group
      .command('compare')
      .argument('<checkpoint...>', 'folders of checkpoints of one preset')
      .description('what was measured of checkpoints, side by side')
      .addOption(presetOption('workbench', 'in-context', 'chains')),
  ).action((folders: string[], options: CheckpointOptions) =>
    runLocally(options, (output) => compareCheckpoints(output, folders, options.preset)),
  )
}

function sampleChains(options: SampleOptions): Promise<void> {
  return runCommand(options, async ({ client, output }) => {
    const chains = await client.proposer.sample({
      checkpoint: folderOf(options),
      count: Number(options.count),
      seed: Number(options.seed),
    })
    const lines = chains.map(({ blocks }, index) =>
      [
        `Chain ${index + 1}`,
        ...blocks.map(({ block, probability }) => `  ${percent(probability).padStart(7)}  ${block}`),
      ].join('\n'),
    )
    output.result(chains, lines.join('\n\n'))
  })
}
