// Scores a model and its n-gram baselines on the same held-out rows in the same run.
import type { Measurement } from '../model/checkpoint'
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

export function measure(
  phase: string,
  trainer: Pick<Trainer, 'score'>,
  training: RowCounter,
  tests: readonly Test[],
  classes: number,
): Measurement[] {
  const baselines = Object.entries(BASELINES).map(([name, order]) => ({
    name,
    model: fitNGram(training, order, classes),
  }))
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
