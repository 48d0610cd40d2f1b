// Scores a model and its n-gram baselines on the same held-out rows in the same run.
import type { Measurement } from '../model/model-file'
import { fitNGram } from './n-grams'
import type { RowCounter } from './row-counts'
import type { Trainer } from './trainer'

/** Orders of the baselines by name. */
const BASELINES = { uniform: 0, unigram: 1, bigram: 2, fiveGram: 5 } as const

export interface Test {
  readonly name: string
  readonly networks: number
  readonly rows: RowCounter
  readonly floor: number | null
}

export interface Scored {
  readonly phase: string
  /** Or the checkpoint in use: anything that scores rows. */
  readonly trainer: Pick<Trainer, 'score'>
  /** What the n-grams are fitted on, and what says which held-out rows were seen. */
  readonly training: RowCounter
  readonly tests: readonly Test[]
  /** Values of the last column. */
  readonly classes: number
  /** Of other mixtures of the same networks: what a bigram of those says of the same rows, by name. */
  readonly bigrams?: Readonly<Record<string, RowCounter>> | undefined
}

export function scoreHeldOut({ phase, trainer, training, tests, classes, bigrams = {} }: Scored): Measurement[] {
  const baselines = [
    ...Object.entries(BASELINES).map(([name, order]) => ({ name, model: fitNGram(training, order, classes) })),
    ...Object.entries(bigrams).map(([name, rows]) => ({ name, model: fitNGram(rows, 2, classes) })),
  ]
  return tests.map(({ name, networks, rows: counter, floor }) => {
    const rows = counter.rows()
    let seen = 0
    for (const [key, count] of counter.entries()) if (training.has(key)) seen += count
    return {
      phase,
      test: name,
      networks,
      predictions: rows.total,
      rows: rows.count,
      seen: seen / rows.total,
      model: trainer.score(rows),
      baselines: Object.fromEntries(baselines.map(({ name: baseline, model }) => [baseline, model.score(rows)])),
      floor,
    }
  })
}

/** The figures a person looks at first. */
export function headline(measurements: readonly Measurement[]): Record<string, number> {
  const find = (phase: string, test: string): Measurement => {
    const found = measurements.find((one) => one.phase === phase && one.test === test)
    if (found === undefined) throw new RangeError(`nothing was measured on ${test} after ${phase}`)
    return found
  }
  const cells = find('cells', 'cells')
  const chains = find('chains', 'chains')
  return {
    perplexity: Math.exp(chains.model.loss),
    validationLoss: chains.model.loss,
    accuracy: chains.model.accuracy,
    bitsPerCell: (cells.model.loss * cells.predictions) / cells.networks / Math.LN2,
    cellPerplexity: Math.exp(cells.model.loss),
    classifierAccuracy: find('blocks', 'chains').model.accuracy,
    classifierAccuracyZoo: find('blocks', 'zoo').model.accuracy,
  }
}
