// Multi-head attention with a bias for each pair (Vaswani et al. 2017; biases by relation: Shaw et al. 2018, Ying et al. 2021). Who may
// attend to whom is a list of pairs, so that graphs of different sizes lie behind one another without padding.
import { Value, type Tape } from './tape'

/** Pairs of one row that asks: it attends to the rows from `first` on, as many as its pairs. */
export interface Pairs {
  /** Pairs of row i lie at `starts[i]` up to, not with, `starts[i + 1]`. */
  readonly starts: Int32Array
  /** The first row that row i attends to. */
  readonly first: Int32Array
}

export interface AttentionInputs {
  readonly queries: Value
  readonly keys: Value
  readonly values: Value
  /** A row for each pair. */
  readonly bias: Value
  /** The column of the first head in `bias`. */
  readonly biasColumn: number
}

/** @returns as many rows as `queries`, and its columns, head beside head */
export function attention(tape: Tape, inputs: AttentionInputs, pairs: Pairs, heads: number): Value {
  const { queries, keys, values, bias, biasColumn } = inputs
  const { rows, cols } = queries
  const size = cols / heads
  const scale = 1 / Math.sqrt(size)
  const { starts, first } = pairs
  const result = new Value(rows, cols)
  const shares = new Float64Array(starts[rows]! * heads)
  // Arrays are taken out of what holds them: these loops are most of what a training computes.
  const { data: out } = result
  const { data: query } = queries
  const { data: key } = keys
  const { data: value } = values
  const { data: extra, cols: biasCols } = bias
  for (let row = 0; row < rows; row++) {
    const start = starts[row]!
    const end = starts[row + 1]!
    const reach = first[row]! * cols
    for (let head = 0; head < heads; head++) {
      const column = head * size
      const at = row * cols + column
      let highest = -Infinity
      for (let pair = start, from = reach + column; pair < end; pair++, from += cols) {
        let score = 0
        for (let i = 0; i < size; i++) score += query[at + i]! * key[from + i]!
        score = score * scale + extra[pair * biasCols + biasColumn + head]!
        shares[pair * heads + head] = score
        if (score > highest) highest = score
      }
      let total = 0
      for (let share = start * heads + head; share < end * heads; share += heads)
        total += shares[share] = Math.exp(shares[share]! - highest)
      for (let pair = start, from = reach + column; pair < end; pair++, from += cols) {
        const share = (shares[pair * heads + head]! /= total)
        for (let i = 0; i < size; i++) out[at + i]! += share * value[from + i]!
      }
    }
  }
  return tape.result(result, () => {
    const { grad: outFlow } = result
    const { grad: queryFlow } = queries
    const { grad: keyFlow } = keys
    const { grad: valueFlow } = values
    const { grad: extraFlow } = bias
    const flows = new Float64Array(rows === 0 ? 0 : longest(starts))
    for (let row = 0; row < rows; row++) {
      const start = starts[row]!
      const end = starts[row + 1]!
      const reach = first[row]! * cols
      for (let head = 0; head < heads; head++) {
        const column = head * size
        const at = row * cols + column
        let mean = 0
        for (let pair = start, from = reach + column; pair < end; pair++, from += cols) {
          const share = shares[pair * heads + head]!
          let flow = 0
          for (let i = 0; i < size; i++) {
            const each = outFlow[at + i]!
            flow += each * value[from + i]!
            valueFlow[from + i]! += share * each
          }
          flows[pair - start] = flow
          mean += share * flow
        }
        for (let pair = start, from = reach + column; pair < end; pair++, from += cols) {
          const flow = shares[pair * heads + head]! * (flows[pair - start]! - mean)
          extraFlow[pair * biasCols + biasColumn + head]! += flow
          const scaled = flow * scale
          for (let i = 0; i < size; i++) {
            queryFlow[at + i]! += scaled * key[from + i]!
            keyFlow[from + i]! += scaled * query[at + i]!
          }
        }
      }
    }
  })
}

/** Most pairs that one row has. */
function longest(starts: Int32Array): number {
  let most = 0
  for (let row = 1; row < starts.length; row++) most = Math.max(most, starts[row]! - starts[row - 1]!)
  return most
}
