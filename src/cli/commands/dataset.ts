// gpt-nas dataset: list what is there, fetch and prepare, check files against their recorded hashes.
import type { Command } from 'commander'
import { runCommand, withCommonOptions, type CommandContext, type CommonOptions } from '../command'
import { bar, bytes, count, percent, table } from '../format'
import { EXIT } from '../output'

/** Fetches a data set with its progress on standard error; at once when it is ready. */
export async function getDataset({ client, output }: CommandContext, name: string): Promise<void> {
  let stage = ''
  for await (const progress of await client.datasets.get({ name })) {
    if (progress.stage !== stage) {
      stage = progress.stage
      output.note(`${name}: ${progress.message}`)
    }
    if (progress.fraction !== null)
      output.live([`${bar(progress.fraction)} ${percent(progress.fraction)}  ${progress.message}`])
  }
}

export function datasetCommand(program: Command): void {
  const group = program.command('dataset').description('data sets: list, get, check')

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
      ])
      output.result(datasets, table(['Name', 'State', '>Train', '>Test', '>Classes', 'Shape', '>Size'], rows))
    }),
  )

  withCommonOptions(
    group.command('get <name>').description('fetch, check and prepare a data set, for example cifar-10'),
  ).action((name: string, options: CommonOptions) =>
    runCommand(options, async (context) => {
      await getDataset(context, name)
      const dataset = (await context.client.datasets.list()).find((set) => set.name === name)
      context.output.result(
        dataset,
        `${name} is ready: ${dataset?.trainImages} training and ${dataset?.testImages} test images, ${bytes(dataset?.sizeBytes ?? 0)}.`,
      )
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
}
