// gpt-nas dataset: list what is there, fetch and prepare, look inside, check files against recorded hashes. Importing is
// dataset-import.ts's.
import type { Command } from 'commander'
import { AppError } from '@shared/errors'
import { absolutePlace } from '@node/safe-target'
import { runCommand, withCommonOptions, type CommandContext, type CommonOptions } from '../command'
import { bytes, count, table } from '../format'
import { EXIT } from '../output'
import { importCommand } from './dataset-import'
import { inspectionText } from './dataset-inspection'
import { showProgress } from './dataset-progress'

/** Fetches a data set, and makes its images at a resolution, with progress on standard error; at once when they are ready. */
export async function getDataset(
  { client, output }: CommandContext,
  name: string,
  resolution: number | null = null,
  from: string | null = null,
): Promise<void> {
  await showProgress({ output }, name, await client.datasets.get({ name, resolution, from }))
}

interface ResolutionOptions extends CommonOptions {
  readonly resolution?: string
}

interface GetOptions extends ResolutionOptions {
  readonly from?: string
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

export function datasetCommand(program: Command): void {
  const group = program.command('dataset').description('data sets: list, get, import, inspect, check, remove')
  importCommand(group)

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
      .option('--resolution <pixels>', 'make its smaller images of this size too, as a search of that resolution would')
      .option('--from <file>', "the package's archive, brought by hand to a machine without a network"),
  ).action((name: string, options: GetOptions) =>
    runCommand(options, async (context) => {
      const from = options.from === undefined ? null : absolutePlace(options.from, 'file')
      await getDataset(context, name, pixelsOf(options.resolution), from)
      const dataset = (await context.client.datasets.list()).find((set) => set.name === name)
      context.output.result(
        dataset,
        `${name} is ready: ${dataset?.trainImages} training and ${dataset?.testImages} test images, ${bytes(dataset?.sizeBytes ?? 0)}.`,
      )
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
