// The GPT's measure: n-gram models of layers, fitted to the same training rows and scored on the same held-out rows.
// Interpolated by Witten and Bell's rule (1991; Chen and Goodman 1999, section 2.6), down to uniform.
import type { RowCounter, Rows } from './row-counts'
import type { Score } from './trainer'

interface Context {
  total: number
  readonly next: Map<number, number>
}

export interface NGram {
  /** P(last column | the others): `[classes]`. @param key a row as text; its last character is not looked at */
  predict(key: string): Float64Array
  /** The same score that a trained model gets on these rows. */
  score(rows: Rows): Score
}

/**
 * @param order 0: uniform, 1: unigram, 2: bigram, ...; at most the rows' width
 * @param classes values that the last column can have, from 0
 */
export function fitNGram(training: RowCounter, order: number, classes: number): NGram {
  if (!Number.isInteger(order) || order < 0 || order > training.width)
    throw new RangeError(`an n-gram of these rows has an order of 0 to ${training.width}, received ${order}`)
  const levels = Array.from({ length: order }, () => new Map<string, Context>())
  for (const [key, count] of training.entries()) {
    const next = key.charCodeAt(key.length - 1)
    levels.forEach((contexts, length) => {
      const context = key.slice(key.length - 1 - length, -1)
      let found = contexts.get(context)
      if (found === undefined) contexts.set(context, (found = { total: 0, next: new Map() }))
      found.total += count
      found.next.set(next, (found.next.get(next) ?? 0) + count)
    })
  }
  /** P(last column | the ones before), overwritten by the next call. */
  const distribution = new Float64Array(classes)
  const predict = (key: string): void => {
    distribution.fill(1 / classes)
    for (const [length, contexts] of levels.entries()) {
      const found = contexts.get(key.slice(key.length - 1 - length, -1))
      // A context never met says nothing, and neither do longer ones.
      if (found === undefined) return
      const kinds = found.next.size
      for (let i = 0; i < classes; i++)
        distribution[i] = ((found.next.get(i) ?? 0) + kinds * distribution[i]!) / (found.total + kinds)
    }
  }
  return {
    predict: (key) => {
      predict(key)
      return distribution.slice()
    },
    score: ({ count, width, values, weights, total }) => {
      let [loss, right] = [0, 0]
      for (let i = 0; i < count; i++) {
        const row = values.subarray(i * width, (i + 1) * width)
        predict(String.fromCharCode(...row))
        const probability = distribution[row[width - 1]!]!
        loss -= weights[i]! * Math.log(probability)
        if (distribution.every((other) => other <= probability)) right += weights[i]!
      }
      return { loss: loss / total, accuracy: right / total }
    },
  }
}
