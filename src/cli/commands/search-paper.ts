// gpt-nas search paper: the paper's own ablations. Which runs they are is shared/search/comparison's, running them the engine's; the same
// command goes on where it stopped.
import type { Command } from 'commander'
import { AppError } from '@shared/errors'
import { PAPER_ABLATIONS, type PaperAblation, type PaperPlan } from '@shared/search/comparison/paper'
import { fullPlan, ownPlan, paperCells, smallPlan } from '@shared/search/comparison/paper-plans'
import { paperCellsOfRow, paperHeadTexts } from '@shared/search/comparison/paper-text'
import { runDefinitionSchema } from '@shared/search/run'
import { allowCommand } from '../allow-command'
import { breakOffOnInterrupt } from '../break-off'
import { runCommand, withCommonOptions, type CommandContext, type CommonOptions } from '../command'
import { readDefinition, withSetting } from '../definition'
import { bar, table } from '../format'
import { list, positive } from '../option-values'
import { EXIT } from '../output'
import { getDataset } from './dataset'

interface PaperOptions extends CommonOptions {
  readonly full?: boolean
  readonly config?: string
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

/** @throws AppError `invalid-input` for both sizes at once, and as `readDefinition` */
function planOf(of: PaperAblation, { full, config, networks, epochs, set }: PaperOptions): PaperPlan {
  if (full === true && config !== undefined)
    throw new AppError(
      'invalid-input',
      '--full and --config both say what is searched.',
      'Give one of them; --networks, --epochs and --set change either.',
    )
  const plan =
    config !== undefined
      ? ownPlan(of, readDefinition({ config, set }))
      : { ...(full === true ? fullPlan(of) : smallPlan(of)) }
  return {
    ...plan,
    ...(config === undefined && { base: runDefinitionSchema.parse(set.reduce(withSetting, plan.base)) }),
    ...(networks !== undefined && { networks }),
    ...(epochs !== undefined && { epochs: epochs.map(positive) }),
  }
}

async function follow(context: CommandContext, plan: PaperPlan, signal: AbortSignal): Promise<number> {
  const { client, output } = context
  let told = ''
  for await (const event of await client.ablations.paper(plan, { signal })) {
    if (event.type === 'summary') {
      const { summary, runs, report } = event
      const [first = '', ...figures] = paperHeadTexts(plan.of)
      const heads = [first, ...figures.map((head) => `>${head}`)]
      const rows = summary.rows.map((row) => paperCellsOfRow(plan.of, row))
      output.result(
        { ...summary, runs, report },
        [table(heads, rows), '', ...summary.words, '', `Report: ${report}`].join('\n'),
      )
      continue
    }
    const { done, total, label, runNumber, share } = event
    const line = `${done} of ${total} columns done; ${label}, run ${runNumber}`
    output.live([`${bar((done + share) / total)} ${line}`])
    if (line !== told) output.note(line)
    told = line
  }
  return EXIT.ok
}

/** @param group `gpt-nas search` */
export function paperCommand(group: Command): void {
  withCommonOptions(
    group
      .command('paper <ablation>')
      .description(
        `the paper’s own ablations, ${PAPER_ABLATIONS.join(', ')}: accuracy of random networks against the elimination rate, of short against longer training, of predicted blocks alone against everything trained; the same command goes on where it stopped`,
      )
      .option('--full', 'as in the paper, for whoever owns a card: 15 networks of 90 epochs, or 50 of up to 90')
      .option('--config <file>', 'space, data and recipe of a definition of your own')
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
      const plan = planOf(ablationOf(name), options)
      const cells = paperCells(plan)
      if (options.dryRun === true) {
        const told = cells.map(
          ({ label, definition: { populationSize, recipe } }) =>
            `${label}: ${populationSize} networks, ${recipe.epochs} ${recipe.epochs === 1 ? 'epoch' : 'epochs'}`,
        )
        output.result({ cells }, [...told, 'Nothing was started.'].join('\n'))
        return EXIT.ok
      }
      const [first] = cells
      if (first !== undefined) {
        const { problems } = await client.searches.check({ definition: first.definition })
        if (problems.length > 0) throw new AppError('invalid-input', problems.join('\n'))
        await getDataset(context, first.definition.data.dataset, first.definition.data.resolution)
        await allowCommand(context, first.definition)
      }
      return breakOffOnInterrupt(context, (signal) => follow(context, plan, signal))
    }),
  )
}
