// Columns of the table of trials: what each is called, sorted by, and shown as.
import type { TableColumn } from '@/components/ui/data-table'
import type { useCostWords } from '@/lib/use-cost-words'
import type { useFormats } from '@/lib/use-formats'
import type { FitnessReading } from '@shared/evaluators/evaluator'
import { standingOf, type Trial } from '@shared/search/trial'
import { chainBlocks } from '@/lib/chain-genotype'

/** Not shown until asked for. */
export const DEFAULT_HIDDEN: readonly string[] = [
  ...['attempt', 'parents', 'loss', 'hash', 'started'],
  ...['cores', 'memory', 'card', 'cardMemory', 'device'],
]
/** The optional columns of the first release: who has chosen among them has not seen the others yet. */
export const FIRST_OPTIONAL: readonly string[] = ['attempt', 'parents', 'loss', 'hash', 'started']

/**
 * A stored choice brought up to date: an optional column that came after it begins hidden as well.
 * @param offered the optional columns of the program that stored the choice
 */
export function withNewHidden(hidden: readonly string[], offered: readonly string[]): string[] {
  return [...hidden, ...DEFAULT_HIDDEN.filter((id) => !offered.includes(id) && !hidden.includes(id))]
}

type Translate = (key: string) => string

/** What of a run decides its columns. */
export interface Shown {
  readonly reading: FitnessReading
  /** Names of what its table measured. */
  readonly costs: readonly string[]
  /** Whether its trials are trained in rungs. */
  readonly hasRungs: boolean
}

/** Accuracy is sorted and copied as a fraction, durations in seconds: what is shown carries the unit. */
export function trialColumns(
  t: Translate,
  formats: ReturnType<typeof useFormats>,
  words: ReturnType<typeof useCostWords>,
  { reading, costs, hasRungs }: Shown,
): readonly TableColumn<Trial>[] {
  const { percent, fitness: fitnessText, fitnessName, compact, duration, decimals, bytes, dateTime } = formats
  const title = (id: string): { id: string; title: string; help: string } => ({
    id,
    title: t(`results.columns.${id}`),
    help: t(`results.columnHelp.${id}`),
  })
  const lastLoss = (trial: Trial): number | undefined => trial.epochs.at(-1)?.validationLoss
  return [
    {
      ...title('number'),
      width: 64,
      isNumeric: true,
      value: ({ number }) => number,
      text: ({ number }) => String(number),
    },
    { ...title('state'), width: 108, value: standingOf, text: (trial) => t(`trial.states.${standingOf(trial)}`) },
    {
      ...title('fitness'),
      ...(reading.unit === 'number' && { title: fitnessName(reading), help: t('results.columnHelp.ownFitness') }),
      width: 96,
      isNumeric: true,
      value: ({ fitness }) => fitness ?? undefined,
      text: ({ fitness }) => fitnessText(reading, fitness),
    },
    {
      ...title('parameters'),
      width: 100,
      isNumeric: true,
      value: ({ parameters }) => parameters ?? undefined,
      text: ({ parameters }) => compact(parameters),
    },
    {
      ...title('macs'),
      width: 100,
      isNumeric: true,
      value: ({ macs }) => macs ?? undefined,
      text: ({ macs }) => compact(macs),
    },
    ...costs.map((name): TableColumn<Trial> => ({
      id: `cost-${name}`,
      title: words.costName(name),
      help: t('results.columnHelp.cost'),
      width: 100,
      isNumeric: true,
      value: (trial) => trial.costs[name],
      text: (trial) => words.costText(name, trial.costs[name]),
    })),
    {
      ...title('blocks'),
      width: 72,
      isNumeric: true,
      value: ({ genotype }) => chainBlocks(genotype).length,
      text: ({ genotype }) => String(chainBlocks(genotype).length),
    },
    {
      ...title('generation'),
      width: 92,
      isNumeric: true,
      value: ({ generation }) => generation + 1,
      text: ({ generation }) => String(generation + 1),
    },
    {
      ...title('origin'),
      value: ({ origin }) => origin.operator,
      text: ({ origin }) => t(`trial.operators.${origin.operator}`),
    },
    {
      ...title('proposed'),
      width: 88,
      isNumeric: true,
      value: ({ origin }) => origin.reconstructed.length,
      text: ({ origin }) => String(origin.reconstructed.length),
    },
    {
      ...title('epochs'),
      width: 72,
      isNumeric: true,
      value: ({ epochs }) => epochs.length,
      text: ({ epochs }) => String(epochs.length),
    },
    ...(hasRungs
      ? [
          {
            ...title('rungs'),
            width: 72,
            isNumeric: true,
            value: ({ fidelity }: Trial) => fidelity.rungs.length,
            text: ({ fidelity }: Trial) => String(fidelity.rungs.length),
          },
        ]
      : []),
    {
      ...title('seconds'),
      width: 84,
      isNumeric: true,
      value: ({ seconds }) => seconds ?? undefined,
      text: ({ seconds }) => duration(seconds),
    },
    {
      ...title('cores'),
      width: 76,
      isNumeric: true,
      value: ({ usage }) => usage?.cores ?? undefined,
      text: ({ usage }) => decimals(usage?.cores, 2),
    },
    {
      ...title('memory'),
      width: 92,
      isNumeric: true,
      value: ({ usage }) => usage?.peakMemoryBytes ?? undefined,
      text: ({ usage }) => bytes(usage?.peakMemoryBytes),
    },
    {
      ...title('card'),
      width: 76,
      isNumeric: true,
      value: ({ usage }) => usage?.cardUtilisation ?? undefined,
      text: ({ usage }) => percent(usage?.cardUtilisation, 0),
    },
    {
      ...title('cardMemory'),
      width: 110,
      isNumeric: true,
      value: ({ usage }) => usage?.peakCardMemoryBytes ?? undefined,
      text: ({ usage }) => bytes(usage?.peakCardMemoryBytes),
    },
    {
      ...title('device'),
      width: 180,
      value: ({ device }) => device ?? undefined,
      text: ({ device }) => device ?? t('common.none'),
    },
    { ...title('loss'), width: 84, isNumeric: true, value: lastLoss, text: (trial) => decimals(lastLoss(trial)) },
    {
      ...title('parents'),
      width: 96,
      value: ({ origin }) => origin.parents.join(' '),
      text: ({ origin }) => origin.parents.map((id) => `#${id}`).join(' '),
    },
    {
      ...title('attempt'),
      width: 80,
      isNumeric: true,
      value: ({ attempt }) => attempt,
      text: ({ attempt }) => String(attempt),
    },
    {
      ...title('started'),
      width: 160,
      value: ({ startedAt }) => startedAt ?? undefined,
      text: ({ startedAt }) => dateTime(startedAt),
    },
    {
      ...title('hash'),
      width: 110,
      isMono: true,
      value: ({ architectureHash }) => architectureHash,
      text: ({ architectureHash }) => architectureHash.slice(0, 10),
    },
  ]
}
