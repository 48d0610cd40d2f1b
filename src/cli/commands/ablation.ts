// gpt-nas search ablation: strategies side by side with the same seeds and budget; goes on where it stopped.
import type { Command } from 'commander'
import type { AblationEvent } from '@shared/contract/ablations'
import { AppError } from '@shared/errors'
import type { FitnessReading } from '@shared/evaluators/evaluator'
import { fitnessFigure } from '@shared/evaluators/fitness-text'
import { evaluatorOf, fitnessReading } from '@shared/evaluators/registry'
import type { AblationSummary } from '@shared/search/comparison/ablation'
import { runCommand, withCommonOptions, type CommonOptions } from '../command'
import { readDefinition, type DefinitionSource } from '../definition'
import { bar, table } from '../format'
import { EXIT } from '../output'
import { list, positive } from '../option-values'
import { allowCommand } from '../allow-command'
import { breakOffOnInterrupt } from '../break-off'
import { getDataset } from './dataset'

interface AblationOptions extends CommonOptions, DefinitionSource {
  readonly strategies: readonly string[]
  readonly seeds: number
}

export function summaryText({ strategies, pairs, failures }: AblationSummary, reading: FitnessReading): string {
  const rows = strategies.map(({ strategy, seeds, final, report }) => [
    strategy,
    String(seeds),
    ...(final === null
      ? ['', '', '']
      : [
          fitnessFigure(reading, final.mean, 2),
          fitnessFigure(reading, final.std, 2),
          `${fitnessFigure(reading, final.low, 2)} to ${fitnessFigure(reading, final.high, 2)}`,
        ]),
    report === null ? '' : fitnessFigure(reading, report.mean, 2),
  ])
  return [
    table(['Strategy', '>Seeds', '>Mean', '>Std', '>95 % interval', '>Reported'], rows),
    ...pairs.map(({ words }) => `\n${words.join('\n')}`),
    ...(failures.length > 0 ? ['', 'Came to nothing:', ...failures.map((failure) => `  ${failure}`)] : []),
  ].join('\n')
}

function lineOf({ done, total, strategy, seed, runNumber }: Extract<AblationEvent, { type: 'cell' }>): string {
  const run = runNumber === null ? '' : `, run ${runNumber}`
  return `${done} of ${total} searches done; ${strategy} with seed ${seed}${run}`
}

/** @param group `gpt-nas search` */
export function ablationCommand(group: Command): void {
  withCommonOptions(
    group
      .command('ablation')
      .description(
        'strategies side by side with the same seeds and budget, with intervals, tests and a report; the same command goes on where it stopped',
      )
      .option('--config <file>', 'JSON file with the settings; its seed is the first')
      .option('--sample [name]', 'settings that come with the product')
      .option(
        '--set <field=value>',
        'a setting in place of the file’s or the sample’s; may be given again and again',
        (word: string, words: readonly string[]) => [...words, word],
        [],
      )
      .requiredOption('--strategies <names>', 'two or more; the others are compared with the first', list)
      .option('--seeds <number>', 'searches of each strategy', positive, 10),
  ).action((options: AblationOptions) =>
    runCommand(options, async (context) => {
      const { client, output } = context
      const { strategies, seeds } = options
      if (new Set(strategies).size < 2)
        throw new AppError('invalid-input', 'A comparison needs two strategies.', 'Write --strategies ga,random.')
      const definition = readDefinition(options)
      if (evaluatorOf(definition).needsData)
        await getDataset(context, definition.data.dataset, definition.data.resolution)
      await allowCommand(context, definition)
      return breakOffOnInterrupt(context, async (signal) => {
        const plan = { definition, strategies: [...strategies], seeds }
        for await (const event of await client.ablations.run(plan, { signal })) {
          if (event.type === 'cell') {
            output.live([`${bar(event.done / event.total)} ${lineOf(event)}`])
            if (event.runNumber !== null) output.note(lineOf(event))
            continue
          }
          const { summary, report } = event
          output.result(
            { summary, report },
            `${summaryText(summary, fitnessReading(definition))}\n\nReport with curves: ${report}`,
          )
        }
        return EXIT.ok
      })
    }),
  )
}
