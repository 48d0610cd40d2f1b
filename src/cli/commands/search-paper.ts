// gpt-nas search paper: the paper's own ablations. Each column is a run of the workspace, found again by its settings, so the same command
// goes on where it stopped.
import type { Command } from 'commander'
import { isDeepStrictEqual } from 'node:util'
import { AppError } from '@shared/errors'
import {
  fullPlan,
  PAPER_ABLATIONS,
  paperCells,
  smallPlan,
  type PaperAblation,
  type PaperCell,
  type PaperPlan,
} from '@shared/search/comparison/paper-plans'
import type { PaperRow } from '@shared/search/comparison/paper-report'
import type { Run } from '@shared/search/run'
import { RUN_STATE_RULES } from '@shared/search/run-states'
import { runCommand, withCommonOptions, type CommandContext, type CommonOptions } from '../command'
import { withSetting } from '../definition'
import { table } from '../format'
import { list, positive } from '../option-values'
import { exitCodeOf } from '../run-end'
import { watchRun } from '../watch-run'
import { getDataset } from './dataset'
import { runDefinitionSchema } from '@shared/search/run'

interface PaperOptions extends CommonOptions {
  readonly full?: boolean
  readonly networks?: number
  readonly epochs?: readonly string[]
  readonly set: readonly string[]
  readonly dryRun?: boolean
}

/** @throws AppError `invalid-input` for a name that is no ablation, naming those there are */
function ablationOf(name: string): PaperAblation {
  const found = PAPER_ABLATIONS.find((one) => one === name)
  if (found !== undefined) return found
  throw new AppError('invalid-input', `There is no ablation "${name}".`, `There are ${PAPER_ABLATIONS.join(', ')}.`)
}

function planOf(of: PaperAblation, { full, networks, epochs, set }: PaperOptions): PaperPlan {
  const plan = full === true ? fullPlan(of) : smallPlan(of)
  const base = runDefinitionSchema.parse(set.reduce(withSetting, plan.base))
  return {
    ...plan,
    base,
    ...(networks !== undefined && { networks }),
    ...(epochs !== undefined && { epochs: epochs.map(positive) }),
  }
}

/** The newest run of exactly these settings; a share of the data is a number once a run keeps it. */
async function known({ client }: CommandContext, { definition }: PaperCell): Promise<Run | undefined> {
  const same = (run: Run): boolean =>
    isDeepStrictEqual(run.definition, {
      ...definition,
      data: {
        ...definition.data,
        trainImages:
          definition.data.trainImages ?? (definition.data.trainShare === null ? null : run.definition.data.trainImages),
        validationImages: definition.data.validationImages ?? run.definition.data.validationImages,
      },
    })
  const runs = (await client.searches.list()).filter(
    (run) => same(run) && (run.state === 'finished' || RUN_STATE_RULES[run.state].canResume),
  )
  return runs.sort((a, b) => b.number - a.number)[0]
}

/** @returns the run as it ended; any state but `finished` breaks the ablation off */
async function ran(context: CommandContext, cell: PaperCell): Promise<Run> {
  const { client, output } = context
  const before = await known(context, cell)
  if (before?.state === 'finished') return before
  const run =
    before === undefined
      ? await client.searches.create({ definition: cell.definition })
      : await client.searches.resume({ id: before.id })
  output.note(`${cell.label}: run ${run.number}`)
  return watchRun(context, run.id)
}

const text = (value: number | null | undefined): string =>
  value === null || value === undefined ? '' : value.toFixed(2)

function rowText({ label, networks, mean, difference, counts, correlation }: PaperRow): string[] {
  const points = (value: number | undefined): string => (value === undefined ? '' : (100 * value).toFixed(1))
  return [
    ...[label, String(networks), points(mean), points(difference?.mean)],
    difference === undefined ? '' : `${points(difference.low)} to ${points(difference.high)}`,
    counts === undefined ? '' : `${counts.better}/${counts.equal}/${counts.worse}`,
    text(correlation?.pearson),
    correlation?.low == null ? '' : `${text(correlation.low)} to ${text(correlation.high)}`,
    text(correlation?.spearman),
  ]
}

const COLUMNS = [
  ...['', '>Networks', '>Mean %', '>Difference', '>95 % interval', '>Better/equal/worse'],
  ...['>Pearson', '>95 % interval', '>Spearman'],
]

/** @param group `gpt-nas search` */
export function paperCommand(group: Command): void {
  withCommonOptions(
    group
      .command('paper <ablation>')
      .description(
        `the paper’s own ablations, ${PAPER_ABLATIONS.join(', ')}: accuracy of random networks against the elimination rate, of short against longer training, of predicted blocks alone against everything trained; the same command goes on where it stopped`,
      )
      .option('--full', 'as in the paper, for whoever owns a card: 15 networks of 90 epochs, or 50 of up to 90')
      .option('--networks <number>', 'random networks of each column', positive)
      .option('--epochs <numbers>', 'of each training; of table-5 the short one first, such as 6,30,60', list)
      .option(
        '--set <field=value>',
        'a setting of every column, such as data.dataset=cifar-100; may be given again and again',
        (word: string, words: readonly string[]) => [...words, word],
        [],
      )
      .option('--dry-run', 'say which runs it would be; start nothing'),
  ).action((name: string, options: PaperOptions) =>
    runCommand(options, async (context) => {
      const { client, output } = context
      const of = ablationOf(name)
      const plan = planOf(of, options)
      const cells = paperCells(of, plan)
      if (options.dryRun === true) {
        const told = cells.map(
          ({ label, definition: { populationSize, recipe } }) =>
            `${label}: ${populationSize} networks, ${recipe.epochs} epochs`,
        )
        output.result({ cells }, [...told, 'Nothing was started.'].join('\n'))
        return 0
      }
      const [first] = cells
      if (first !== undefined) {
        const { problems } = await client.searches.check({ definition: first.definition })
        if (problems.length > 0) throw new AppError('invalid-input', problems.join('\n'))
        await getDataset(context, first.definition.data.dataset, first.definition.data.resolution)
      }
      const columns = []
      for (const cell of cells) {
        const run = await ran(context, cell)
        if (run.state !== 'finished') {
          output.result({ run }, `Run ${run.number} is ${run.state}. The same command goes on from there.`)
          return exitCodeOf(run)
        }
        const { trials } = await client.trials.list({ id: run.id, limit: 10_000 })
        const fitness = new Map(
          trials.flatMap(({ number, fitness: value, state }): [number, number][] =>
            state === 'finished' && value !== null ? [[number, value]] : [],
          ),
        )
        columns.push({ label: cell.label, run: run.number, fitness })
      }
      const { paperReport } = await import('@shared/search/comparison/paper-report')
      const report = paperReport(of, columns)
      const runs = columns.map(({ label, run }) => ({ label, run }))
      output.result({ ...report, runs }, [table(COLUMNS, report.rows.map(rowText)), '', ...report.words].join('\n'))
      return 0
    }),
  )
}
