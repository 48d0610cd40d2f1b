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
