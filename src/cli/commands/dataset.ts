// gpt-nas dataset: list what is there, fetch and prepare, import one's own, look inside, check files against recorded hashes.
import path from 'node:path'
import { Option, type Command } from 'commander'
import { AppError } from '@shared/errors'
import {
  DATASET_PREFIX,
  FIT_POLICIES,
  IMPORT_KINDS,
  importRequestSchema,
  type DatasetProgress,
} from '@shared/contract/datasets'
import { runCommand, withCommonOptions, type CommandContext, type CommonOptions } from '../command'
import { bar, bytes, count, percent, table } from '../format'
import { EXIT } from '../output'
import { inspectionText } from './dataset-inspection'

/** Fetches a data set, and makes its images at a resolution, with progress on standard error; at once when they are ready. */
export async function getDataset(
  { client, output }: CommandContext,
  name: string,
  resolution: number | null = null,
): Promise<void> {
  await showProgress({ output }, name, await client.datasets.get({ name, resolution }))
}

async function showProgress(
  { output }: Pick<CommandContext, 'output'>,
  name: string,
  steps: AsyncIterable<DatasetProgress>,
): Promise<void> {
  let stage = ''
  for await (const progress of steps) {
    if (progress.stage !== stage) {
      stage = progress.stage
      output.note(`${name}: ${progress.message}`)
    }
    if (progress.fraction !== null)
      output.live([`${bar(progress.fraction)} ${percent(progress.fraction)}  ${progress.message}`])
  }
}

interface ImportOptions extends CommonOptions {
  readonly name: string
  readonly kind?: string
  readonly size?: string
  readonly policy?: string
  readonly channels?: string
  readonly testShare?: string
  readonly seed?: string
  readonly replace?: boolean
}

interface ResolutionOptions extends CommonOptions {
  readonly resolution?: string
}

/** @throws AppError `invalid-input` for what is no whole number */
function pixelsOf(text: string | undefined): number | null {
  if (text === undefined) return null
  if (/^[1-9]\d*$/.test(text)) return Number(text)
  throw new AppError(
    'invalid-input',
    `--resolution: expected pixels, received "${text}".`,
    'For example --resolution 16.',
  )
}

/** "32" or "32x48" as `[height, width]`; what is neither is left for the schema to refuse. */
function sizeOf(text: string | undefined): number[] | null {
  if (text === undefined) return null
  const sides = text.split('x').map(Number)
  return sides.length === 1 ? [sides[0]!, sides[0]!] : sides
}

/** @throws AppError `invalid-input` naming the option */
function requestOf(place: string, options: ImportOptions) {
  const number = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text))
  const parsed = importRequestSchema.safeParse({
    path: place.startsWith(DATASET_PREFIX) ? place : path.resolve(place),
    name: options.name,
    kind: options.kind ?? null,
    size: sizeOf(options.size),
    policy: options.policy,
    channels: number(options.channels) ?? null,
    testShare: number(options.testShare),
    seed: number(options.seed),
    replace: options.replace,
  })
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const option = `--${String(issue?.path[0] ?? '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
  throw new AppError(
    'invalid-input',
    `${option}: ${issue?.message ?? 'is not understood'}`,
    'See gpt-nas dataset import --help.',
  )
}

export function datasetCommand(program: Command): void {
  const group = program.command('dataset').description('data sets: list, get, import, inspect, check, remove')

  withCommonOptions(group.command('list').description('data sets and their state')).action((options: CommonOptions) =>
    runCommand(options, async ({ client, output }) => {
      const datasets = await client.datasets.list()
      const rows = datasets.map((set) => [
        set.name,
        set.state,
        count(set.trainImages),
        count(set.testImages),
        String(set.classes.length),
        set.shape.join('x'),
        bytes(set.sizeBytes),
        set.isImported === true ? 'workspace' : 'catalogue',
      ])
      output.result(datasets, table(['Name', 'State', '>Train', '>Test', '>Classes', 'Shape', '>Size', 'From'], rows))
    }),
  )

  withCommonOptions(
    group
      .command('get <name>')
      .description('fetch, check and prepare a data set, for example cifar-10')
      .option(
        '--resolution <pixels>',
        'make its smaller images of this size too, as a search of that resolution would',
      ),
  ).action((name: string, options: ResolutionOptions) =>
    runCommand(options, async (context) => {
      await getDataset(context, name, pixelsOf(options.resolution))
      const dataset = (await context.client.datasets.list()).find((set) => set.name === name)
      context.output.result(
        dataset,
        `${name} is ready: ${dataset?.trainImages} training and ${dataset?.testImages} test images, ${bytes(dataset?.sizeBytes ?? 0)}.`,
      )
    }),
  )

  withCommonOptions(
    group
      .command('import <path>')
      .description(
        'bring in your own: CIFAR, MNIST, ImageNet layout, CSV with images, a folder of class folders; also zipped. dataset:NAME makes another size of a data set that is ready',
      )
      .requiredOption('--name <name>', 'what searches call it: lower-case letters, digits and dashes')
      .addOption(new Option('--kind <kind>', 'what it is (default: recognised)').choices(IMPORT_KINDS))
      .option('--size <size>', 'side in pixels, or HEIGHTxWIDTH (default: as it is, where all images have one size)')
      .addOption(new Option('--policy <policy>', 'how other sizes are fitted').choices(FIT_POLICIES).default('crop'))
      .addOption(new Option('--channels <channels>', '1 grey, 3 colour (default: as it is)').choices(['1', '3']))
      .option('--test-share <share>', 'share kept for the test where no test split is given (default: a sixth)')
      .option('--seed <seed>', 'of that draw (default: 0)')
      .option('--replace', 'take the place of an import of that name'),
  ).action((place: string, options: ImportOptions) =>
    runCommand(options, async (context) => {
      const request = requestOf(place, options)
      await showProgress(context, request.name, await context.client.datasets.import(request))
      const inspection = await context.client.datasets.inspect({ name: request.name })
      context.output.result(inspection, inspectionText(inspection))
    }),
  )

  withCommonOptions(
    group.command('inspect <name>').description('classes, statistics, sizes, duplicates and what was left out'),
  ).action((name: string, options: CommonOptions) =>
    runCommand(options, async ({ client, output }) => {
      const inspection = await client.datasets.inspect({ name })
      output.result(inspection, inspectionText(inspection))
    }),
  )

  withCommonOptions(
    group.command('check <name>').description('read every file again and compare it with its recorded hash'),
  ).action((name: string, options: CommonOptions) =>
    runCommand(options, async ({ client, output }) => {
      const report = await client.datasets.check({ name })
      output.result(report, report.ok ? `${name} is whole.` : report.problems.join('\n'))
      return report.ok ? EXIT.ok : EXIT.failed
    }),
  )

  withCommonOptions(
    group
      .command('remove <name>')
      .description('remove an import from the workspace, or what searches of a lower resolution have left')
      .option(
        '--resolution <pixels>',
        'only the smaller images of this size, of any data set; a search makes them again',
      ),
  ).action((name: string, options: ResolutionOptions) =>
    runCommand(options, async ({ client, output }) => {
      const resolution = pixelsOf(options.resolution)
      await client.datasets.remove({ name, resolution })
      const what = resolution === null ? `${name} is` : `The images of ${name} at ${resolution} pixels are`
      output.result({ removed: name, resolution }, `${what} removed.`)
    }),
  )
}
