// The measured figures of a checkpoint as the view tells them: shares as percentages, what was asked after so many results in one sentence.
import type { useFormats } from '@/lib/use-formats'

interface Words {
  readonly t: (key: string, values?: Record<string, unknown>) => string
  readonly te: (key: string) => boolean
  readonly formats: ReturnType<typeof useFormats>
}

const AFTER_RESULTS = /^(loss|processLoss|error|processError)(\d+)$/
const IS_SHARE = /(Share|[aA]ccuracy(Zoo)?)$/

/** A figure that this program does not know keeps the name that its checkpoint gives it. */
export function metricOf(id: string, value: number, { t, te, formats }: Words): { name: string; value: string } {
  const [, kind, count] = AFTER_RESULTS.exec(id) ?? []
  const key = `proposer.metrics.${kind ?? id}`
  return {
    name: te(key) ? t(key, { count }) : id,
    value: IS_SHARE.test(id) ? formats.percent(value) : formats.number(value, Number.isInteger(value) ? 0 : 3),
  }
}

/** What figures of a card tell of together, in the order in which they are shown. */
export const METRIC_GROUPS = ['model', 'ranking', 'next', 'gap', 'classifier', 'samples', 'other'] as const
export type MetricGroup = (typeof METRIC_GROUPS)[number]

const PATTERNS: readonly (readonly [MetricGroup, RegExp])[] = [
  ['model', /^(name|parameters|vocabulary|trainedCells|heldOutCells|trainedOn|heldOut|terrains)$/],
  ['ranking', /^(heldOutRank|tauBefore|tauAfter|(loss|processLoss|error|processError)\d+)$/],
  ['gap', /[gG]ap/],
  ['classifier', /^classifier/],
  ['samples', /^(samples|validShare|uniqueShare|novelShare)$/],
  ['next', /Loss|[pP]erplexity|^accuracy$|bitsPerCell|BitsPerCell/],
]
export const groupOf = (id: string): MetricGroup => PATTERNS.find(([, pattern]) => pattern.test(id))?.[0] ?? 'other'

/** What a figure is held against, the lower the better: itself, its rival, and what it is called. */
const CONTESTS = [
  ['classLoss', 'fiveGramLoss', 'next'],
  ['gapLoss', 'uniformGapLoss', 'gap'],
  ['gapLossShown', 'uniformGapLoss', 'gapShown'],
  ['loss10', 'processLoss10', 'early'],
  ['loss100', 'processLoss100', 'late'],
] as const
/** Half of all pairs in order by chance is a rank correlation of 0; from here on three of four are. */
const GOOD_RANK = 0.5

export interface Judged {
  readonly isGood: boolean
  /** Name of its sentence, and the figures in it. */
  readonly key: 'rank' | (typeof CONTESTS)[number][2]
  readonly own: number
  readonly rival: number
}

/** What a model is good and bad at, as far as it was measured beside something simpler. */
export function judgedOf(metrics: Readonly<Record<string, number>>): Judged[] {
  const { heldOutRank } = metrics
  const rank: Judged[] =
    heldOutRank === undefined ? [] : [{ isGood: heldOutRank >= GOOD_RANK, key: 'rank', own: heldOutRank, rival: 0 }]
  return [
    ...rank,
    ...CONTESTS.flatMap(([id, against, key]): Judged[] => {
      const [own, rival] = [metrics[id], metrics[against]]
      return own === undefined || rival === undefined ? [] : [{ isGood: own < rival, key, own, rival }]
    }),
  ]
}
