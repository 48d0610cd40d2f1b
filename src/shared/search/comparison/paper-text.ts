// The rows of one of the paper's ablations as text, alike on the command line, in the window and in the report.
import type { PaperAblation, PaperRow } from './paper'

/** Heads by the name that the window knows them by. */
const HEADS = {
  column: 'Column',
  networks: 'Networks',
  mean: 'Mean %',
  difference: 'Difference',
  interval: '95 % interval',
  counts: 'Better/equal/worse',
  pearson: 'Pearson',
  spearman: 'Spearman',
} as const
type Head = keyof typeof HEADS

/** The first column is words, the others are figures. */
export const paperHeads = (of: PaperAblation): readonly Head[] =>
  of === 'table-4'
    ? ['column', 'networks', 'mean', 'difference', 'interval', 'counts']
    : ['column', 'networks', 'mean', 'pearson', 'interval', 'spearman']
export const paperHeadTexts = (of: PaperAblation): readonly string[] => paperHeads(of).map((head) => HEADS[head])

const points = (value: number | null): string => (value === null ? '' : (100 * value).toFixed(1))
const plain = (value: number | null): string => (value === null ? '' : value.toFixed(2))

/** One text for each of `paperHeads`, empty where there is none. */
export function paperCellsOfRow(of: PaperAblation, row: PaperRow): string[] {
  const { label, networks, mean, difference, counts, correlation } = row
  const first = [label, String(networks), points(mean)]
  if (of === 'table-4')
    return [
      ...first,
      difference === undefined ? '' : points(difference.mean),
      difference === undefined ? '' : `${points(difference.low)} to ${points(difference.high)}`,
      counts === undefined ? '' : `${counts.better}/${counts.equal}/${counts.worse}`,
    ]
  if (correlation === undefined) return [...first, '', '', '']
  const { pearson, low, high, spearman } = correlation
  return [
    ...first,
    plain(pearson),
    low === null || high === null ? '' : `${plain(low)} to ${plain(high)}`,
    plain(spearman),
  ]
}
