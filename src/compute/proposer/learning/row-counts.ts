// Rows of a corpus: short lists of tokens whose last column is what is to be predicted, each different row once with how often
// it occurs. An epoch draws in proportion to that count: the corpus's distribution at the price of its different rows.
import type { Random } from '@shared/random'
import { required } from '@shared/required'

export interface Rows {
  /** Different rows. */
  readonly count: number
  readonly width: number
  /** `[count, width]` */
  readonly values: Uint8Array
  /** Occurrences of each row. */
  readonly weights: Float64Array
  /** Sum of `weights`. */
  readonly total: number
}

export interface RowCounter {
  /** Columns of a row. */
  readonly width: number
  /** Different rows. */
  readonly size: number
  /** Rows with their repetitions. */
  readonly total: number
  /** @param row `width` values in [0, 256) @param times how often it counts */
  add(row: readonly number[], times?: number): void
  /** As `add`, of a row that is text already, one character a value. */
  addText(key: string, times?: number): void
  /** Adds another counter's rows, each `times` over. */
  merge(other: RowCounter, times?: number): void
  has(key: string): boolean
  entries(): IterableIterator<[string, number]>
  rows(): Rows
}

/** @param width columns of a row, at least 2 */
export function createRowCounter(width: number): RowCounter {
  const counts = new Map<string, number>()
  const addText = (key: string, times = 1): void => {
    counts.set(key, (counts.get(key) ?? 0) + times)
  }
  const totalOf = (): number => {
    let total = 0
    for (const count of counts.values()) total += count
    return total
  }
  return {
    width,
    get size() {
      return counts.size
    },
    get total() {
      return totalOf()
    },
    add: (row, times) => addText(String.fromCharCode(...row), times),
    addText,
    merge: (other, times = 1) => {
      for (const [key, count] of other.entries()) addText(key, count * times)
    },
    has: (key) => counts.has(key),
    entries: () => counts.entries(),
    rows: () => {
      const count = counts.size
      const values = new Uint8Array(count * width)
      const weights = new Float64Array(count)
      let i = 0
      for (const [key, weight] of counts) {
        for (let j = 0; j < width; j++) values[i * width + j] = key.charCodeAt(j)
        weights[i++] = weight
      }
      return { count, width, values, weights, total: totalOf() }
    },
  }
}

/** Indices of rows, drawn in proportion to how often they occur (inversion of the running sum). */
export function rowDraws({ count, weights, total }: Rows): (random: Random) => number {
  const ends = new Float64Array(count)
  let sum = 0
  for (let i = 0; i < count; i++) ends[i] = sum += weights[i]!
  return (random) => {
    const place = random.next() * total
    let low = 0
    let high = count - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if (ends[middle]! > place) high = middle
      else low = middle + 1
    }
    return low
  }
}

/**
 * The entropy of the last column given the others, nats: no model that sees only those columns has a lower loss on this
 * corpus as a whole.
 */
export function conditionalEntropy(counter: RowCounter): number {
  const contexts = new Map<string, number>()
  for (const [key, count] of counter.entries()) {
    const context = key.slice(0, -1)
    contexts.set(context, (contexts.get(context) ?? 0) + count)
  }
  let sum = 0
  for (const [key, count] of counter.entries())
    sum -= count * Math.log(count / required(contexts, key.slice(0, -1), 'count'))
  return sum / counter.total
}
