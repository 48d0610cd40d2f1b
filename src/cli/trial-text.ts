// A trial in the terminal: one line while its run goes, one row of the table afterwards. What a space has only words for has no
// parameters; what a table measured has columns of its own.
import { fitnessFigure, fitnessText } from '@shared/evaluators/fitness-text'
import type { FitnessReading } from '@shared/evaluators/evaluator'
import { standingOf, type Trial } from '@shared/search/trial'
import { count, duration } from './format'

type Sized = Pick<Trial, 'parameters' | 'macs' | 'costs'>

const costFigure = (value: number): string => String(Number(value.toPrecision(6)))

/** "1.2 M parameters, 34 M multiply-accumulates, latency 3.1"; empty where nothing is known. */
export function sizeText({ parameters, macs, costs }: Sized): string {
  const parts = [
    ...(parameters === null ? [] : [`${count(parameters)} parameters`]),
    ...(macs === null ? [] : [`${count(macs)} multiply-accumulates`]),
    ...Object.entries(costs).map(([name, value]) => `${name} ${costFigure(value)}`),
  ]
  return parts.join(', ')
}

/** One line for a trial that has come to its end. */
export function trialLine(trial: Trial, reading: FitnessReading): string {
  const size = sizeText(trial)
  if (trial.state === 'failed')
    return `Trial ${trial.number} failed${size && ` (${size})`}: ${trial.error?.message ?? 'no reason was given'}`
  const repeated = trial.isRepeat
    ? ', a repeat: its result is taken over'
    : ', same architecture as before: result reused'
  const reused = trial.reusedFrom === null ? '' : repeated
  const replaced = trial.origin.reconstructed.length
  const origin = replaced > 0 ? `${trial.origin.operator}, ${replaced} blocks from the proposer` : trial.origin.operator
  const time = trial.seconds === null ? '' : `; ${duration(trial.seconds)}`
  return `Trial ${trial.number}: ${fitnessText(reading, trial.fitness ?? 0)} (${size && `${size}; `}${origin}${time}${reused})`
}

/** The table of a run's trials: its columns, and the cells of one trial. Columns that no trial could fill are left out. */
export function trialColumns(
  trials: readonly Trial[],
  reading: FitnessReading,
): { readonly names: readonly string[]; cells(trial: Trial): string[] } {
  const hasNetworks = trials.length === 0 || trials.some(({ parameters }) => parameters !== null)
  const costs = [...new Set(trials.flatMap((trial) => Object.keys(trial.costs)))]
  const figure = (value: number | null | undefined, write: (value: number) => string): string =>
    value == null ? '' : write(value)
  const hasRungs = trials.some(({ fidelity }) => fidelity.rungs.length > 0)
  const column = reading.unit === 'accuracy' ? 'Accuracy' : reading.name
  const sizes = hasNetworks ? ['>Parameters', '>MACs'] : []
  const costColumns = costs.map((name) => `>${name}`)
  return {
    names: [
      ...['>Trial', '>Id', '>Generation', 'State', `>${column}`],
      ...sizes,
      ...costColumns,
      ...(hasRungs ? ['>Rungs'] : []),
      ...['Origin', '>Proposed', '>Time'],
    ],
    cells: (trial) => [
      ...[String(trial.number), String(trial.id), String(trial.generation + 1)],
      standingOf(trial),
      figure(trial.fitness, (value) => fitnessFigure(reading, value)),
      ...(hasNetworks ? [figure(trial.parameters, count), figure(trial.macs, count)] : []),
      ...costs.map((name) => figure(trial.costs[name], costFigure)),
      ...(hasRungs ? [String(trial.fidelity.rungs.length)] : []),
      trial.origin.operator,
      String(trial.origin.reconstructed.length),
      figure(trial.seconds, duration),
    ],
  }
}
