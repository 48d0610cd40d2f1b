// The GPT once more in float64 and plain loops, written from Radford et al. 2018 and not from model.ts. For tests only.
import type { GptSizes } from '../gpt'

type Matrix = readonly (readonly number[])[]

const EPSILON = 1e-5

/** erf by its Taylor series: 60 terms are exact to float64 for |x| < 4. */
function erf(x: number): number {
  let [term, sum] = [x, x]
  for (let n = 1; n < 60; n++) {
    term *= (-x * x) / n
    sum += term / (2 * n + 1)
  }
  return (2 / Math.sqrt(Math.PI)) * sum
}
const gelu = (x: number): number => (Math.abs(x) > 5 ? Math.max(0, x) : (x * (1 + erf(x / Math.SQRT2))) / 2)

function rowsOf(values: Float32Array, columns: number): Matrix {
  return Array.from({ length: values.length / columns }, (_, i) => [...values.subarray(i * columns, (i + 1) * columns)])
}

const times = (row: readonly number[], matrix: Matrix): number[] =>
  matrix[0]!.map((_, column) => row.reduce((sum, value, i) => sum + value * matrix[i]![column]!, 0))

const plus = (a: readonly number[], b: readonly number[] | Float32Array): number[] => a.map((value, i) => value + b[i]!)

function layerNorm(row: readonly number[], gain: Float32Array, bias: Float32Array): number[] {
  const mean = row.reduce((sum, value) => sum + value, 0) / row.length
  const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length
  return row.map((value, i) => ((value - mean) / Math.sqrt(variance + EPSILON)) * gain[i]! + bias[i]!)
}

function softmax(row: readonly number[]): number[] {
  const top = Math.max(...row)
  const powers = row.map((value) => Math.exp(value - top))
  const sum = powers.reduce((a, b) => a + b, 0)
  return powers.map((power) => power / sum)
}

/** @param tokens window after window @returns logits `[tokens.length, vocabulary]`, row after row */
export function referenceLogits(
  tokens: readonly number[],
  weights: ReadonlyMap<string, Float32Array>,
  { window, layers, heads, width }: GptSizes,
): Float64Array {
  const vector = (name: string): Float32Array => weights.get(name)!
  const linear = (row: readonly number[], name: string, columns: number): number[] =>
    plus(times(row, rowsOf(vector(`${name}/kernel`), columns)), vector(`${name}/bias`))
  const norm = (row: readonly number[], name: string): number[] =>
    layerNorm(row, vector(`${name}/gain`), vector(`${name}/bias`))
  const table = rowsOf(vector('gpt/tokens'), width)
  const positions = rowsOf(vector('gpt/positions'), width)
  const size = width / heads
  const result: number[] = []
  for (let start = 0; start < tokens.length; start += window) {
    let x = tokens.slice(start, start + window).map((token, i) => plus(table[token]!, positions[i]!))
    for (let layer = 0; layer < layers; layer++) {
      const name = `gpt/${layer}`
      const joint = x.map((row) => linear(row, `${name}/attention`, 3 * width))
      const part = (row: readonly number[], kind: number, head: number): number[] =>
        row.slice(kind * width + head * size, kind * width + (head + 1) * size)
      const attended = joint.map((row, i) => {
        const heard: number[] = []
        for (let head = 0; head < heads; head++) {
          const query = part(row, 0, head)
          const scores = joint
            .slice(0, i + 1)
            .map((other) => part(other, 1, head).reduce((sum, key, d) => sum + key * query[d]!, 0) / Math.sqrt(size))
          const shares = softmax(scores)
          for (let d = 0; d < size; d++)
            heard.push(shares.reduce((sum, share, j) => sum + share * part(joint[j]!, 2, head)[d]!, 0))
        }
        return linear(heard, `${name}/attention-out`, width)
      })
      x = x.map((row, i) => norm(plus(row, attended[i]!), `${name}/attention-norm`))
      x = x.map((row) => {
        const wide = linear(row, `${name}/expand`, 4 * width).map(gelu)
        return norm(plus(row, linear(wide, `${name}/contract`, width)), `${name}/feed-norm`)
      })
    }
    for (const row of x)
      for (const embedded of table) result.push(row.reduce((sum, value, i) => sum + value * embedded[i]!, 0))
  }
  return Float64Array.from(result)
}
