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
  for (let row = 0; row < rows; row++) {
    const start = starts[row]!
    const count = starts[row + 1]! - start
    for (let head = 0; head < heads; head++) {
      const query = row * cols + head * size
      let highest = -Infinity
      for (let j = 0; j < count; j++) {
        const key = (first[row]! + j) * cols + head * size
        let score = 0
        for (let i = 0; i < size; i++) score += queries.data[query + i]! * keys.data[key + i]!
        score = score * scale + bias.data[(start + j) * bias.cols + biasColumn + head]!
        shares[(start + j) * heads + head] = score
        if (score > highest) highest = score
      }
      let total = 0
      for (let j = 0; j < count; j++) {
        const at = (start + j) * heads + head
        const share = Math.exp(shares[at]! - highest)
        shares[at] = share
        total += share
      }
      for (let j = 0; j < count; j++) {
        const at = (start + j) * heads + head
        const share = shares[at]! / total
        shares[at] = share
        const value = (first[row]! + j) * cols + head * size
        for (let i = 0; i < size; i++) result.data[query + i]! += share * values.data[value + i]!
      }
    }
  }
  return tape.result(result, () => {
    for (let row = 0; row < rows; row++) {
      const start = starts[row]!
      const count = starts[row + 1]! - start
      for (let head = 0; head < heads; head++) {
        const query = row * cols + head * size
        let mean = 0
        const flows = new Float64Array(count)
        for (let j = 0; j < count; j++) {
          const value = (first[row]! + j) * cols + head * size
          const share = shares[(start + j) * heads + head]!
          let flow = 0
          for (let i = 0; i < size; i++) {
            const out = result.grad[query + i]!
            flow += out * values.data[value + i]!
            values.grad[value + i]! += share * out
          }
          flows[j] = flow
          mean += share * flow
        }
        for (let j = 0; j < count; j++) {
          const key = (first[row]! + j) * cols + head * size
          const flow = shares[(start + j) * heads + head]! * (flows[j]! - mean)
          bias.grad[(start + j) * bias.cols + biasColumn + head]! += flow
          for (let i = 0; i < size; i++) {
            queries.grad[query + i]! += flow * scale * keys.data[key + i]!
            keys.grad[key + i]! += flow * scale * queries.data[query + i]!
          }
        }
      }
    }
  })
}
