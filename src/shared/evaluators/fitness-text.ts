// A fitness in words, for journal and command line; the window writes it in the user's language (lib/use-formats.ts).
import type { FitnessReading } from './evaluator'

/** More digits than a fitness is ever known by. */
const DIGITS = 6

/** The figure alone: "91.2 %", or "-0.0431". @param digits of a percentage, behind the point */
export function fitnessFigure({ unit }: Pick<FitnessReading, 'unit'>, value: number, digits = 1): string {
  return unit === 'accuracy' ? `${(100 * value).toFixed(digits)} %` : String(Number(value.toPrecision(DIGITS)))
}

/** In a sentence: "91.2 % validation accuracy", or "latency-score 12.5". */
export function fitnessText(reading: FitnessReading, value: number, digits = 1): string {
  const figure = fitnessFigure(reading, value, digits)
  return reading.unit === 'accuracy' ? `${figure} ${reading.name}` : `${reading.name} ${figure}`
}
