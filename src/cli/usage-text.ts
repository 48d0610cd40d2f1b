// What trials took of the machine, as the command line tells it. What was not measured is left out, never told as 0.
import type { Trial } from '@shared/search/trial'
import { bytes, percent } from './format'

type Measured = Pick<Trial, 'device' | 'usage'>

/** One sentence, or two where there is a card; null where nothing was measured. */
export function usageText({ device, usage }: Measured): string | null {
  if (usage === null) return null
  const { cores, peakMemoryBytes, cardUtilisation, peakCardMemoryBytes } = usage
  const held = [
    peakMemoryBytes === null ? [] : `${bytes(peakMemoryBytes)} of memory`,
    peakCardMemoryBytes === null ? [] : `${bytes(peakCardMemoryBytes)} of card memory`,
  ].flat()
  const told = [
    cores === null ? [] : `kept ${cores.toFixed(2)} cores busy on average`,
    held.length === 0 ? [] : `held ${held.join(' and ')} at most`,
  ].flat()
  const sentences = [
    told.length === 0 ? [] : `The compute${device ? ` (${device})` : ''} ${told.join(' and ')}.`,
    cardUtilisation === null ? [] : `The graphics card worked ${percent(cardUtilisation)} of the time.`,
  ].flat()
  return sentences.length === 0 ? null : sentences.join(' ')
}

type Column = readonly [name: string, cell: (trial: Measured) => string | null]

const COLUMNS: readonly Column[] = [
  ['>Cores', ({ usage }) => usage?.cores?.toFixed(2) ?? null],
  ['>Memory', ({ usage }) => (usage?.peakMemoryBytes == null ? null : bytes(usage.peakMemoryBytes))],
  ['>Card', ({ usage }) => (usage?.cardUtilisation == null ? null : percent(usage.cardUtilisation))],
]

/** Columns for a table of trials: only those in which something would stand. */
export function usageColumns(trials: readonly Measured[]): { names: string[]; cells: (trial: Measured) => string[] } {
  const columns = COLUMNS.filter(([, cell]) => trials.some((trial) => cell(trial) !== null))
  return { names: columns.map(([name]) => name), cells: (trial) => columns.map(([, cell]) => cell(trial) ?? '') }
}
