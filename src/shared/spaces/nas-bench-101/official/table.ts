// Gathers NAS-Bench-101's official records into one row per cell: means over the repeated runs, as published comparisons use
// them, under the space's canonical key. The CSV is what tables of searches read.
import { AppError } from '../../../errors'
import { canonicalCell } from '../canonical'
import { cellKey } from '../edits'
import { cellGenotype } from '../genotype'
import type { OfficialRow } from './row'

/** Columns of the CSV, in this order. */
export const OFFICIAL_COLUMNS = [
  'key',
  'hash',
  'matrix',
  'operations',
  'runs',
  'val_acc',
  'test_acc',
  'train_acc',
  'train_seconds',
  'params',
] as const

interface Gathered {
  readonly hash: string
  readonly matrix: string
  readonly operations: string
  readonly parameters: number
  runs: number
  validation: number
  test: number
  train: number
  seconds: number
}

export class OfficialTable {
  readonly #epochs: number
  readonly #cells = new Map<string, Gathered>()
  readonly #seenEpochs = new Set<number>()

  /** @param epochs whose runs to take: 4, 12, 36 or 108 */
  constructor(epochs: number) {
    this.#epochs = epochs
  }

  get cells(): number {
    return this.#cells.size
  }

  add({ cell, hash, epochs, parameters, final }: OfficialRow): void {
    this.#seenEpochs.add(epochs)
    if (epochs !== this.#epochs) return
    const canonical = canonicalCell(cell)!
    const key = cellKey(canonical)
    let gathered = this.#cells.get(key)
    if (gathered === undefined) {
      const { matrix, operations } = cellGenotype(canonical)
      gathered = {
        ...{ hash, matrix, operations: operations.join(' '), parameters },
        ...{ runs: 0, validation: 0, test: 0, train: 0, seconds: 0 },
      }
      this.#cells.set(key, gathered)
    } else if (gathered.hash !== hash)
      throw new AppError(
        'invalid-input',
        `NAS-Bench-101 records with the hashes ${gathered.hash} and ${hash} have the same cell.`,
        "Use the benchmark's own file: there a cell has one hash.",
      )
    gathered.runs++
    gathered.validation += final.validationAccuracy
    gathered.test += final.testAccuracy
    gathered.train += final.trainAccuracy
    gathered.seconds += final.trainingTime
  }

  /** Header and one line per cell. @throws AppError `invalid-input` when no run was trained for these epochs */
  *lines(): Generator<string> {
    if (this.#cells.size === 0) {
      const seen = [...this.#seenEpochs].sort((a, b) => a - b).join(', ')
      throw new AppError(
        'invalid-input',
        `The file has no runs of ${this.#epochs} epochs.`,
        seen === '' ? 'It has no records at all.' : `It has runs of ${seen} epochs.`,
      )
    }
    yield OFFICIAL_COLUMNS.join(',')
    for (const [key, cell] of this.#cells) {
      const mean = (sum: number): number => Number((sum / cell.runs).toPrecision(9))
      const { hash, matrix, operations, runs, validation, test, train, seconds, parameters } = cell
      const accuracies = [validation, test, train].map(mean)
      yield [key, hash, matrix, operations, runs, ...accuracies, mean(seconds), parameters].join(',')
    }
  }
}
