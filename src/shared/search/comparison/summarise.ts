// What the pairs of equal seeds of an ablation say. Pure: cells in, figures and plain words out; who evaluates the cells is
// engine/ablations'.
import type { z } from 'zod'
import { fitnessFigure } from '../../evaluators/fitness-text'
import type { FitnessReading } from '../../evaluators/evaluator'
import type { AblationSummary, Cell, Pair, StrategyFigures, figuresSchema } from './ablation'
import { bootstrapMean, holm, meanOf, signedRank, smallestP } from './statistics'

/** Below this a difference is called one. The usual one of the field. */
const LEVEL = 0.05
/** Points of a curve that are drawn: a pixel each in a report. */
const MOST_POINTS = 400

function figuresOf(values: readonly number[]): z.infer<typeof figuresSchema> | null {
  if (values.length === 0) return null
  const mean = meanOf(values)
  // Equal values differ from their mean by its rounding alone.
  const isOne = values.every((value) => value === values[0])
  const std = isOne ? 0 : Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2)))
  const { low, high } = bootstrapMean(values)
  return { mean, std, low, high }
}

const finalOf = ({ curve }: Cell): number | undefined => curve[curve.length - 1]

function curveOf(cells: readonly Cell[]): StrategyFigures['curve'] {
  const longest = Math.max(0, ...cells.map(({ curve }) => curve.length))
  const step = Math.max(1, Math.ceil(longest / MOST_POINTS))
  const points: StrategyFigures['curve'] = []
  for (let evaluations = 1; evaluations <= longest; evaluations++) {
    if ((longest - evaluations) % step !== 0) continue
    // A search that has ended keeps its best.
    const values = cells.flatMap(({ curve }) => curve[Math.min(evaluations, curve.length) - 1] ?? [])
    // A thousand resamples are enough for a band that is looked at.
    const { low, high } = bootstrapMean(values, 1000)
    points.push({ evaluations, mean: meanOf(values), low, high })
  }
  return points
}

/**
 * @param strategies in the order in which they are shown; the others are compared with the first
 * @param cells in any order; those that are not done are left out
 */
export function summariseAblation(
  strategies: readonly string[],
  cells: readonly Cell[],
  reading: FitnessReading,
): AblationSummary {
  const done = cells.filter(({ isDone, curve }) => isDone && curve.length > 0)
  const of = (strategy: string): Cell[] => done.filter((cell) => cell.strategy === strategy)
  const figures = strategies.map((strategy): StrategyFigures => {
    const own = of(strategy)
    const reports = own.flatMap(({ report }) => report ?? [])
    return {
      strategy,
      seeds: own.length,
      final: figuresOf(own.flatMap((cell) => finalOf(cell) ?? [])),
      report: reports.length === own.length ? figuresOf(reports) : null,
      curve: curveOf(own),
    }
  })
  const [against, ...others] = strategies
  return {
    strategies: figures,
    pairs: against === undefined ? [] : pairsOf(others, against, of, reading),
    failures: cells.flatMap(({ strategy, seed, error }) =>
      error === null ? [] : [`${strategy}, seed ${seed}: ${error}`],
    ),
  }
}

function pairsOf(
  others: readonly string[],
  against: string,
  of: (strategy: string) => Cell[],
  reading: FitnessReading,
): Pair[] {
  const base = new Map(of(against).map((cell) => [cell.seed, finalOf(cell)]))
  const compared = others.flatMap((strategy) => {
    const differences = of(strategy).flatMap((cell) => {
      const [own, other] = [finalOf(cell), base.get(cell.seed)]
      return own === undefined || other === undefined ? [] : [own - other]
    })
    return differences.length === 0 ? [] : [{ strategy, differences, ...signedRank(differences) }]
  })
  const corrected = holm(compared.map(({ p }) => p))
  return compared.map(({ strategy, differences, p }, i) => {
    const { low, high, above } = bootstrapMean(differences)
    const pair = {
      ...{ strategy, against, pairs: differences.length, mean: meanOf(differences) },
      ...{ low, high, ahead: above, p, corrected: corrected[i] ?? 1 },
    }
    return { ...pair, words: wordsOf(pair, compared.length, reading) }
  })
}

/** How often chance alone comes to this, in words: "3 of 100", "1 of 2,000". */
function chanceWords(p: number): string {
  if (p > 0.995) return 'practically always'
  if (p >= 0.01) return `in about ${Math.round(100 * p)} of 100 comparisons`
  const one = 1 / p
  const digits = 10 ** Math.floor(Math.log10(one))
  return `in about 1 of ${(Math.round(one / digits) * digits).toLocaleString('en-US')} comparisons`
}

function wordsOf(pair: Omit<Pair, 'words'>, comparisons: number, reading: FitnessReading): string[] {
  const { strategy, against, pairs, mean, low, high, ahead, p, corrected } = pair
  const points = reading.unit === 'accuracy' ? { scale: 100, unit: ' points' } : { scale: 1, unit: '' }
  const figure = (value: number): string =>
    fitnessFigure({ unit: 'number' }, Number((points.scale * value).toPrecision(3)))
  const size = `${figure(Math.abs(mean))}${points.unit}`
  const ends = [low, high].map((end) => figure(mean < 0 ? -end : end)).sort((a, b) => Number(a) - Number(b))
  const interval = `[${ends.join(', ')}]`
  const [better, worse] = mean < 0 ? [against, strategy] : [strategy, against]
  const told =
    mean === 0
      ? `${strategy} and ${against} come to the same on average, over ${pairs} seeds.`
      : `${better} is ahead of ${worse} by ${size} ${interval} on average, over ${pairs} seeds.`
  const chance = `If both were equally good, a difference at least as clear would come up ${chanceWords(p)} (Wilcoxon signed-rank, p = ${p.toPrecision(2)}${comparisons > 1 ? `; ${corrected.toPrecision(2)} corrected for ${comparisons} comparisons` : ''}).`
  const share = mean < 0 ? 1 - ahead : ahead
  const resamples = `In ${(100 * share).toFixed(1)} % of 10,000 resamples of the seeds ${better} is ahead.`
  return [told, chance, ...(mean === 0 ? [] : [resamples]), verdictOf(pairs, corrected)]
}

function verdictOf(pairs: number, corrected: number): string {
  if (smallestP(pairs) > LEVEL)
    return `${pairs} ${pairs === 1 ? 'seed' : 'seeds'} cannot tell any difference from chance: at least 6 are needed.`
  return corrected <= LEVEL
    ? 'So the difference is hardly chance.'
    : 'So with these seeds the two cannot be told apart.'
}
