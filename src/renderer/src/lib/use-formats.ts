// Numbers as people read them: with a unit, in the window's language, never more digits than are known.
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import type { FitnessReading } from '@shared/evaluators/evaluator'

const BYTE_UNITS = ['units.bytes', 'units.kib', 'units.mib', 'units.gib', 'units.tib'] as const
/** Making one costs some 50 µs, and a view has hundreds of figures. */
const numberFormats = new Map<string, Intl.NumberFormat>()
function numberFormat(locale: string, digits: number): Intl.NumberFormat {
  const key = `${locale} ${digits}`
  let format = numberFormats.get(key)
  if (!format) {
    format = new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits })
    numberFormats.set(key, format)
  }
  return format
}
const MOMENT = { dateStyle: 'medium', timeStyle: 'short' } as const
const CLOCK = { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false } as const
const dateFormats = new Map<string, Intl.DateTimeFormat>()
function dateFormat(locale: string, options: typeof MOMENT | typeof CLOCK): Intl.DateTimeFormat {
  const key = `${locale} ${Object.keys(options).join()}`
  let format = dateFormats.get(key)
  if (!format) {
    format = new Intl.DateTimeFormat(locale, options)
    dateFormats.set(key, format)
  }
  return format
}
const COMPACT_FROM = 10_000
const MINUTE = 60
const HOUR = 3600
const DAY = 86_400

/** Formatting functions for the current language. Each gives the placeholder of "no value" for null. */
export function useFormats() {
  const { t, locale } = useI18n()
  const none = computed(() => t('common.none'))
  const number = (value: number, digits = 0): string => numberFormat(locale.value, digits).format(value)

  /** Fraction in [0, 1] as a percentage. */
  const percent = (fraction: number | null | undefined, digits = 1): string =>
    fraction == null ? none.value : t('units.percent', { value: number(fraction * 100, digits) })

  /** Any number with the digits that are known of a measurement: six. */
  const measured = (value: number | null | undefined): string =>
    value == null ? none.value : new Intl.NumberFormat(locale.value, { maximumSignificantDigits: 6 }).format(value)
  /** A fitness as its evaluator reads it. @param digits of a percentage */
  const fitness = ({ unit }: FitnessReading, value: number | null | undefined, digits = 1): string =>
    unit === 'accuracy' ? percent(value, digits) : measured(value)
  /** Heading of a fitness: a user's own word is left as it is. */
  const fitnessName = ({ unit, name }: FitnessReading): string => (unit === 'accuracy' ? t('charts.accuracy') : name)

  /** 274,000 as "274 k": parameters, multiply-accumulates, images. Three significant digits. */
  const compact = (value: number | null | undefined): string => {
    if (value == null) return none.value
    const steps = [
      [1e9, 'units.giga'],
      [1e6, 'units.mega'],
      [1e3, 'units.kilo'],
    ] as const
    const step = steps.find(([size]) => Math.abs(value) >= size)
    if (step === undefined) return number(value)
    const scaled = value / step[0]
    return t(step[1], { value: number(scaled, scaled >= 100 ? 0 : scaled >= 10 ? 1 : 2) })
  }

  /** A cost of which nothing but its size is known: large ones short, small ones with their digits. */
  const compactOrMeasured = (value: number | null | undefined): string =>
    value != null && Math.abs(value) >= COMPACT_FROM ? compact(value) : measured(value)

  const bytes = (value: number | null | undefined): string => {
    if (value == null) return none.value
    const power = value < 1 ? 0 : Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log2(value) / 10))
    const scaled = value / 1024 ** power
    return t(BYTE_UNITS[power] ?? 'units.bytes', { value: number(scaled, power === 0 || scaled >= 100 ? 0 : 1) })
  }

  /** Seconds as "48 s", "12 min", "3 h 20 min", "2 d 4 h". */
  const duration = (seconds: number | null | undefined): string => {
    if (seconds == null) return none.value
    if (seconds < 10) return t('units.seconds', { value: number(seconds, 1) })
    if (seconds < 99.5) return t('units.seconds', { value: number(seconds) })
    const minutes = Math.round(seconds / MINUTE)
    if (seconds < HOUR) return t('units.minutes', { value: minutes })
    if (seconds < DAY) return t('units.hoursMinutes', { hours: Math.floor(minutes / 60), minutes: minutes % 60 })
    const hours = Math.round(seconds / HOUR)
    return t('units.daysHours', { days: Math.floor(hours / 24), hours: hours % 24 })
  }

  /** Remaining time: one figure when both ends read the same, else "20 min to 30 min". */
  const range = (span: { low: number; high: number } | null | undefined): string => {
    if (span == null) return none.value
    const [low, high] = [duration(span.low), duration(span.high)]
    return low === high ? low : t('units.range', { low, high })
  }

  /** A loss that has left all bounds is not written out. */
  const decimals = (value: number | null | undefined, digits = 3): string =>
    value == null ? none.value : Math.abs(value) < 1e6 ? number(value, digits) : value.toExponential(1)
  /** Small magnitudes such as a tolerance: "1.0e-4". */
  const scientific = (value: number | null | undefined): string => (value == null ? none.value : value.toExponential(1))
  const dateTime = (iso: string | null | undefined): string =>
    iso == null ? none.value : dateFormat(locale.value, MOMENT).format(new Date(iso))
  const clock = (iso: string): string => dateFormat(locale.value, CLOCK).format(new Date(iso))

  return {
    number,
    percent,
    measured,
    fitness,
    fitnessName,
    compactOrMeasured,
    compact,
    bytes,
    duration,
    range,
    decimals,
    scientific,
    dateTime,
    clock,
  }
}
