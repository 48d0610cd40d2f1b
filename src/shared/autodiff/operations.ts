// What transformers are made of, row by row, each with its gradient. Attention and losses have files of their own.
import { addProduct, plain, transposed } from './matrix'
import { Value, type Tape } from './tape'

/** x W + b. @param weight inputs x outputs @param bias 1 x outputs */
export function affine(tape: Tape, x: Value, weight: Value, bias: Value): Value {
  const result = tape.value(x.rows, weight.cols)
  for (let row = 0; row < x.rows; row++) result.data.set(bias.data, row * weight.cols)
  addProduct(result.data, plain(x), plain(weight), x.rows, x.cols, weight.cols)
  return tape.result(result, () => {
    const flow = { rows: result.rows, cols: result.cols, data: result.grad }
    if (x.wantsGrad) addProduct(x.grad, plain(flow), transposed(weight), x.rows, weight.cols, x.cols)
    addProduct(weight.grad, transposed(x), plain(flow), x.cols, x.rows, weight.cols)
    const { grad } = bias
    for (let row = 0, at = 0; row < flow.rows; row++)
      for (let col = 0; col < flow.cols; col++, at++) grad[col]! += flow.data[at]!
  })
}

const LEAST_VARIANCE = 1e-5

/** Layer normalisation (Ba, Kiros & Hinton 2016). @param gain, shift 1 x columns */
export function layerNorm(tape: Tape, x: Value, gain: Value, shift: Value): Value {
  const { rows, cols } = x
  const result = tape.value(rows, cols)
  const normal = tape.numbers(rows * cols)
  const scales = tape.numbers(rows)
  for (let row = 0, at = 0; row < rows; row++, at += cols) {
    let mean = 0
    for (let i = 0; i < cols; i++) mean += x.data[at + i]!
    mean /= cols
    let variance = 0
    for (let i = 0; i < cols; i++) variance += (x.data[at + i]! - mean) ** 2
    const scale = 1 / Math.sqrt(variance / cols + LEAST_VARIANCE)
    scales[row] = scale
    for (let i = 0; i < cols; i++) {
      const value = (x.data[at + i]! - mean) * scale
      normal[at + i] = value
      result.data[at + i] = value * gain.data[i]! + shift.data[i]!
    }
  }
  return tape.result(result, () => {
    for (let row = 0, at = 0; row < rows; row++, at += cols) {
      let sum = 0
      let product = 0
      for (let i = 0; i < cols; i++) {
        const flow = result.grad[at + i]!
        gain.grad[i]! += flow * normal[at + i]!
        shift.grad[i]! += flow
        sum += flow * gain.data[i]!
        product += flow * gain.data[i]! * normal[at + i]!
      }
      const scale = scales[row]!
      for (let i = 0; i < cols; i++)
        x.grad[at + i]! += scale * (result.grad[at + i]! * gain.data[i]! - (sum + normal[at + i]! * product) / cols)
    }
  })
}

// GELU by tanh (Hendrycks & Gimpel 2016, equation 2), as in the published GPTs. In training powers stay powers: products round
// otherwise, and the checkpoint that is shipped would no longer be what its command gives. A power takes most of the time, so what is
// only asked multiplies (decision 178).
const GELU_SCALE = Math.sqrt(2 / Math.PI)
const GELU_CUBE = 0.044715

export function gelu(tape: Tape, x: Value): Value {
  const result = tape.value(x.rows, x.cols)
  if (!tape.isRecording) {
    for (let i = 0; i < x.data.length; i++) {
      const value = x.data[i]!
      const power = 2 * GELU_SCALE * (value + GELU_CUBE * value * value * value)
      result.data[i] = 0.5 * value * (1 + (1 - 2 / (Math.exp(power) + 1)))
    }
    return result
  }
  const gates = new Float64Array(x.data.length)
  for (let i = 0; i < gates.length; i++) {
    const value = x.data[i]!
    const gate = 1 - 2 / (Math.exp(2 * GELU_SCALE * (value + GELU_CUBE * value ** 3)) + 1)
    gates[i] = gate
    result.data[i] = 0.5 * value * (1 + gate)
  }
  return tape.result(result, () => {
    const { grad } = x
    const { grad: flow } = result
    for (let i = 0; i < gates.length; i++) {
      const value = x.data[i]!
      const gate = gates[i]!
      const slope = GELU_SCALE * (1 + 3 * GELU_CUBE * value ** 2)
      grad[i]! += flow[i]! * (0.5 * (1 + gate) + 0.5 * value * (1 - gate ** 2) * slope)
    }
  })
}

export function relu(tape: Tape, x: Value): Value {
  const result = tape.value(x.rows, x.cols)
  const { data: into } = result
  const { data: from } = x
  for (let i = 0; i < from.length; i++) {
    const value = from[i]!
    into[i] = value <= 0 ? 0 : value
  }
  return tape.result(result, () => {
    const { data, grad } = x
    const { grad: flow } = result
    for (let i = 0; i < data.length; i++) if (data[i]! > 0) grad[i]! += flow[i]!
  })
}

/** Held between two bounds; beyond them nothing flows back. */
export function clamped(tape: Tape, x: Value, low: number, high: number): Value {
  const result = new Value(
    x.rows,
    x.cols,
    x.data.map((value) => Math.min(high, Math.max(low, value))),
  )
  return tape.result(result, () => {
    for (let i = 0; i < x.data.length; i++) if (x.data[i]! > low && x.data[i]! < high) x.grad[i]! += result.grad[i]!
  })
}

/** Mean of fixed numbers for each row, weighed by the softmax of its logits. @param numbers as many as `logits` */
export function mixtureOf(tape: Tape, logits: Value, numbers: Float64Array): Value {
  const { rows, cols } = logits
  const result = tape.value(rows, 1)
  const shares = tape.numbers(rows * cols)
  for (let row = 0, at = 0; row < rows; row++, at += cols) {
    let highest = -Infinity
    for (let i = 0; i < cols; i++) highest = Math.max(highest, logits.data[at + i]!)
    let total = 0
    for (let i = 0; i < cols; i++) total += shares[at + i] = Math.exp(logits.data[at + i]! - highest)
    for (let i = 0; i < cols; i++) result.data[row]! += (shares[at + i]! /= total) * numbers[at + i]!
  }
  return tape.result(result, () => {
    for (let row = 0, at = 0; row < rows; row++, at += cols)
      for (let i = 0; i < cols; i++)
        logits.grad[at + i]! += result.grad[row]! * shares[at + i]! * (numbers[at + i]! - result.data[row]!)
  })
}

/** The sum of two of one shape. */
export function add(tape: Tape, a: Value, b: Value): Value {
  const result = tape.value(a.rows, a.cols)
  for (let i = 0; i < result.data.length; i++) result.data[i] = a.data[i]! + b.data[i]!
  return tape.result(result, () => {
    const { grad: flow } = result
    const { grad: first } = a
    const { grad: second } = b
    for (let i = 0; i < flow.length; i++) {
      first[i]! += flow[i]!
      second[i]! += flow[i]!
    }
  })
}

/** Rows by their numbers, as often as they are named. */
export function rowsOf(tape: Tape, x: Value, rows: ArrayLike<number>): Value {
  const { cols } = x
  const result = tape.value(rows.length, cols)
  for (let i = 0; i < rows.length; i++) {
    const from = rows[i]! * cols
    result.data.set(x.data.subarray(from, from + cols), i * cols)
  }
  return tape.result(result, () => {
    for (let i = 0; i < rows.length; i++)
      for (let col = 0; col < cols; col++) x.grad[rows[i]! * cols + col]! += result.grad[i * cols + col]!
  })
}

/** The mean of the rows from `starts[i]` up to, not with, `ends[i]`; none gives zeros. */
export function meanOfRows(tape: Tape, x: Value, starts: ArrayLike<number>, ends: ArrayLike<number>): Value {
  const { cols } = x
  const result = new Value(starts.length, cols)
  const each = (visit: (from: number, to: number, share: number) => void): void => {
    for (let i = 0; i < starts.length; i++)
      for (let row = starts[i]!; row < ends[i]!; row++)
        for (let col = 0; col < cols; col++) visit(row * cols + col, i * cols + col, 1 / (ends[i]! - starts[i]!))
  }
  each((from, to, share) => {
    result.data[to]! += x.data[from]! * share
  })
  return tape.result(result, () => {
    each((from, to, share) => {
      x.grad[from]! += result.grad[to]! * share
    })
  })
}

/** Columns of `a`, then those of `b`. */
export function beside(tape: Tape, a: Value, b: Value): Value {
  const cols = a.cols + b.cols
  const result = new Value(a.rows, cols)
  for (let row = 0; row < a.rows; row++) {
    result.data.set(a.data.subarray(row * a.cols, (row + 1) * a.cols), row * cols)
    result.data.set(b.data.subarray(row * b.cols, (row + 1) * b.cols), row * cols + a.cols)
  }
  return tape.result(result, () => {
    for (let row = 0; row < a.rows; row++) {
      for (let i = 0; i < a.cols; i++) a.grad[row * a.cols + i]! += result.grad[row * cols + i]!
      for (let i = 0; i < b.cols; i++) b.grad[row * b.cols + i]! += result.grad[row * cols + a.cols + i]!
    }
  })
}

/** Dot products of row `left[i]` of `a` with row `right[i]` of `b`, times `scale`, one below the other. */
export function dotsOf(
  tape: Tape,
  a: Value,
  b: Value,
  left: ArrayLike<number>,
  right: ArrayLike<number>,
  scale: number,
): Value {
  const { cols } = a
  const result = new Value(left.length, 1)
  for (let i = 0; i < left.length; i++) {
    let sum = 0
    for (let col = 0; col < cols; col++) sum += a.data[left[i]! * cols + col]! * b.data[right[i]! * cols + col]!
    result.data[i] = sum * scale
  }
  return tape.result(result, () => {
    for (let i = 0; i < left.length; i++) {
      const flow = result.grad[i]! * scale
      for (let col = 0; col < cols; col++) {
        a.grad[left[i]! * cols + col]! += flow * b.data[right[i]! * cols + col]!
        b.grad[right[i]! * cols + col]! += flow * a.data[left[i]! * cols + col]!
      }
    }
  })
}
