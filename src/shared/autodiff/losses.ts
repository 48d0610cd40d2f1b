// What a training makes small: weighted sums over rows, each a single number with its gradient.
import { Value, type Tape } from './tape'

/** Sum over the elements of weight x squared error. @param weights 0 where a target is not known */
export function squaredError(tape: Tape, x: Value, targets: Float64Array, weights: Float64Array): Value {
  const result = new Value(1, 1)
  for (let i = 0; i < x.data.length; i++)
    if (weights[i]! !== 0) result.data[0]! += weights[i]! * (x.data[i]! - targets[i]!) ** 2
  return tape.result(result, () => {
    const flow = result.grad[0]!
    for (let i = 0; i < x.data.length; i++)
      if (weights[i]! !== 0) x.grad[i]! += 2 * flow * weights[i]! * (x.data[i]! - targets[i]!)
  })
}

/** Sum over the rows of weight x cross entropy in nats. @param classes the right column of each row */
export function crossEntropy(tape: Tape, x: Value, classes: ArrayLike<number>, weights: ArrayLike<number>): Value {
  const { rows, cols } = x
  const result = new Value(1, 1)
  const shares = new Float64Array(rows * cols)
  for (let row = 0, at = 0; row < rows; row++, at += cols) {
    let highest = -Infinity
    for (let i = 0; i < cols; i++) highest = Math.max(highest, x.data[at + i]!)
    let total = 0
    for (let i = 0; i < cols; i++) total += shares[at + i] = Math.exp(x.data[at + i]! - highest)
    for (let i = 0; i < cols; i++) shares[at + i]! /= total
    result.data[0]! -= weights[row]! * (x.data[at + classes[row]!]! - highest - Math.log(total))
  }
  return tape.result(result, () => {
    const flow = result.grad[0]!
    for (let row = 0, at = 0; row < rows; row++, at += cols)
      for (let i = 0; i < cols; i++)
        x.grad[at + i]! += flow * weights[row]! * (shares[at + i]! - Number(i === classes[row]))
  })
}

/**
 * Mean over the rows of the negative log density of normal distributions, without its constant.
 * @param means, spreads a column each; spreads are logarithms of deviations
 */
export function gaussianLoss(tape: Tape, means: Value, spreads: Value, targets: ArrayLike<number>): Value {
  const result = new Value(1, 1)
  const { rows } = means
  const errors = Float64Array.from(
    { length: rows },
    (_, i) => (targets[i]! - means.data[i]!) * Math.exp(-spreads.data[i]!),
  )
  for (let i = 0; i < rows; i++) result.data[0]! += (spreads.data[i]! + 0.5 * errors[i]! ** 2) / rows
  return tape.result(result, () => {
    const flow = result.grad[0]! / rows
    for (let i = 0; i < rows; i++) {
      means.grad[i]! -= flow * errors[i]! * Math.exp(-spreads.data[i]!)
      spreads.grad[i]! += flow * (1 - errors[i]! ** 2)
    }
  })
}

/** log(1 + exp(x)) without overflow. */
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))

/** Sum over the rows of a single column of weight x cross entropy of yes (1) and no (0). */
export function yesNoEntropy(tape: Tape, x: Value, answers: ArrayLike<number>, weights: ArrayLike<number>): Value {
  const result = new Value(1, 1)
  for (let i = 0; i < x.rows; i++) result.data[0]! += weights[i]! * (softplus(x.data[i]!) - answers[i]! * x.data[i]!)
  return tape.result(result, () => {
    const flow = result.grad[0]!
    for (let i = 0; i < x.rows; i++) x.grad[i]! += flow * weights[i]! * (1 / (1 + Math.exp(-x.data[i]!)) - answers[i]!)
  })
}

/** Sum of numbers, each times its factor. */
export function weightedSum(tape: Tape, parts: readonly { readonly value: Value; readonly factor: number }[]): Value {
  const result = new Value(1, 1)
  for (const { value, factor } of parts) result.data[0]! += factor * value.data[0]!
  return tape.result(result, () => {
    for (const { value, factor } of parts) value.grad[0]! += factor * result.grad[0]!
  })
}
