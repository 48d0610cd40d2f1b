// From measured times to the figures of bench:train and their bounds. Pure.
import { atLeast, atMost, equal, median, type Check } from '../harness'
import { round, type Measurement } from './rounds'
import { ELECTRON, KERAS_DEFAULTS, KERAS_OFF, KERAS_ON, OURS_OFF, OURS_ON, PYTORCH, type Side } from './sides'

/** Ours over the peer's, of the best step on each side; null where a side has no figure. */
export interface Ratios {
  readonly kerasOff: number | null
  readonly kerasOn: number | null
  readonly kerasDefaults: number | null
  /** Against the fastest of its layouts and numbers of threads. */
  readonly pytorch: number | null
  /** In Electron over plain Node. */
  readonly electron: number | null
}

export interface Row {
  readonly network: string
  readonly parameters: number
  readonly isSame: boolean
  /** Whether Keras, left alone, turned oneDNN on. */
  readonly kerasUsesOneDnn: boolean
  readonly sides: Readonly<Record<string, unknown>>
  readonly ratios: Ratios
  /** The same of the middle step: told, not bounded, because the best one depends less on what else the machine does. */
  readonly medianRatios: Ratios
}

export type Statistic = (times: readonly number[]) => number
const best: Statistic = (times) => Math.min(...times)

function ratiosOf(measured: ReadonlyMap<Side, Measurement>, statistic: Statistic): Ratios {
  const of = (side: Side): number | null => {
    const one = measured.get(side)
    return one && !('problem' in one) ? statistic(one.times) : null
  }
  const over = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a / b)
  const ours = of(OURS_ON)
  const pytorch = PYTORCH.flatMap((side) => of(side) ?? [])
  return {
    kerasOff: over(of(OURS_OFF), of(KERAS_OFF)),
    kerasOn: over(ours, of(KERAS_ON)),
    kerasDefaults: over(ours, of(KERAS_DEFAULTS)),
    pytorch: over(ours, pytorch.length === 0 ? null : Math.min(...pytorch)),
    electron: over(of(ELECTRON), ours),
  }
}

const summary = (one: Measurement): unknown =>
  'problem' in one
    ? one
    : {
        bestMs: round(best(one.times)),
        medianMs: round(median(one.times)),
        steps: one.times.length,
        epochBestMs: round(best(one.epochs)),
        epochMedianMs: round(median(one.epochs)),
      }

export function rowOf(network: string, measured: ReadonlyMap<Side, Measurement>): Row {
  const figures = [...measured.values()].flatMap((one) => ('problem' in one ? [] : [one.parameters]))
  const defaults = measured.get(KERAS_DEFAULTS)
  return {
    network,
    parameters: figures[0] ?? 0,
    isSame: figures.length > 0 && figures.every((parameters) => parameters === figures[0]),
    kerasUsesOneDnn: defaults !== undefined && !('problem' in defaults) && defaults.usedOneDnn,
    sides: Object.fromEntries([...measured].map(([side, one]) => [side.name, summary(one)])),
    ratios: ratiosOf(measured, best),
    medianRatios: ratiosOf(measured, median),
  }
}

/** Steps a second of many small candidates, each side at its best; null where it has no figure. */
export interface Rates {
  readonly ours: number | null
  /** One process, as it comes. */
  readonly keras: number | null
  /** The best of one process with all threads and one process a core, of both layouts. */
  readonly pytorch: number | null
}

const geometricMean = (values: readonly number[]): number =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length)

/** @param wanted ratios that a whole measurement has, and that are a failure when they are missing */
export function stepChecks(rows: readonly Row[], wanted: readonly (keyof Ratios)[]): Check[] {
  if (rows.length === 0) return []
  const all = (...names: (keyof Ratios)[]): number[] =>
    rows.flatMap(({ ratios }) => names.flatMap((name) => ratios[name] ?? []))
  const keras = all('kerasOff', 'kerasOn')
  // Where Keras turns oneDNN on by itself, its defaults are ours and the bound is that of equal settings.
  const defaults = rows.flatMap(({ ratios, kerasUsesOneDnn }) => (kerasUsesOneDnn ? [] : (ratios.kerasDefaults ?? [])))
  const missing = rows.reduce((sum, { ratios }) => sum + wanted.filter((name) => ratios[name] === null).length, 0)
  const bounded = (values: readonly number[], checks: () => Check[]): Check[] => (values.length === 0 ? [] : checks())
  return [
    equal('networks that are not the same on all sides', rows.filter(({ isSame }) => !isSame).length, 0),
    equal('comparisons without a figure', missing, 0),
    ...bounded(keras, () => [
      atMost('step / Keras, equal settings, geometric mean', geometricMean(keras), 1.0),
      atMost('step / Keras, equal settings, slowest network', Math.max(...keras), 1.1),
    ]),
    ...bounded(defaults, () => [
      atMost('step / Keras, defaults of both, geometric mean', geometricMean(defaults), 0.75),
    ]),
    ...bounded(all('pytorch'), () => [
      atMost('step / PyTorch at its best, geometric mean', geometricMean(all('pytorch')), 1.0),
    ]),
    ...bounded(all('electron'), () => [
      atMost('step in Electron / plain Node, slowest network', Math.max(...all('electron')), 1.1),
    ]),
  ]
}

export function rateChecks({ ours, keras, pytorch }: Rates): Check[] {
  const over = (peer: number | null): number => (ours === null || peer === null ? NaN : ours / peer)
  return [
    atLeast('small candidates, steps a second / Keras, defaults', over(keras), 3),
    atLeast('small candidates, steps a second / PyTorch at its best', over(pytorch), 1.4),
  ]
}
