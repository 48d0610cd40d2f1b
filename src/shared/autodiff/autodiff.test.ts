// Every operation's gradient against finite differences of its value, the product against its definition, and the optimiser on a bowl.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../random'
import { AdamW, cosineRate } from './adam-w'
import { attention } from './attention'
import { contextAttention } from './context-attention'
import { crossEntropy, gaussianLoss, squaredError, weightedSum, yesNoEntropy } from './losses'
import { addProduct, plain, transposed } from './matrix'
import {
  add,
  affine,
  beside,
  clamped,
  dotsOf,
  gelu,
  layerNorm,
  meanOfRows,
  mixtureOf,
  relu,
  rowsOf,
} from './operations'
import { Parameters, linear, norm } from './parameters'
import { Tape, Value } from './tape'

function drawn(rows: number, cols: number, seed: number): Value {
  const random = createRandom(seed)
  return new Value(
    rows,
    cols,
    Float64Array.from({ length: rows * cols }, () => 2 * random.next() - 1),
  )
}

/** A single number that depends on every element of `x` unequally. */
function summed(tape: Tape, x: Value): Value {
  const targets = drawn(x.rows, x.cols, 99).data
  return squaredError(
    tape,
    x,
    targets,
    targets.map((_, i) => 1 + (i % 3)),
  )
}

const STEP = 1e-5

/** The largest relative difference between the gradients of `made` and central differences, over all inputs. */
function worstGradient(inputs: readonly Value[], made: (tape: Tape, inputs: readonly Value[]) => Value): number {
  const value = (): number => {
    const tape = new Tape(false)
    return summed(tape, made(tape, inputs)).data[0]!
  }
  const tape = new Tape()
  tape.backward(summed(tape, made(tape, inputs)))
  let worst = 0
  for (const { data, grad } of inputs)
    for (let i = 0; i < data.length; i++) {
      const held = data[i]!
      data[i] = held + STEP
      const above = value()
      data[i] = held - STEP
      const below = value()
      data[i] = held
      const slope = (above - below) / (2 * STEP)
      worst = Math.max(worst, Math.abs(slope - grad[i]!) / Math.max(1, Math.abs(slope)))
    }
  return worst
}

/** Rounding of the differences alone comes to some 1e-9 here; a wrong gradient to 1e-2 and more. */
const BOUND = 1e-6

const starts = Int32Array.from([0, 1, 3, 6, 7, 9])
const first = Int32Array.from([0, 0, 0, 3, 3])

describe('gradients', () => {
  const cases: Record<string, [Value[], (tape: Tape, inputs: readonly Value[]) => Value]> = {
    affine: [[drawn(5, 3, 1), drawn(3, 6, 2), drawn(1, 6, 3)], (tape, [x, w, b]) => affine(tape, x!, w!, b!)],
    layerNorm: [[drawn(3, 5, 1), drawn(1, 5, 2), drawn(1, 5, 3)], (tape, [x, g, s]) => layerNorm(tape, x!, g!, s!)],
    gelu: [[drawn(3, 4, 1)], (tape, [x]) => gelu(tape, x!)],
    relu: [[drawn(3, 4, 1)], (tape, [x]) => relu(tape, x!)],
    add: [[drawn(2, 3, 1), drawn(2, 3, 2)], (tape, [a, b]) => add(tape, a!, b!)],
    'the same twice': [[drawn(2, 3, 1)], (tape, [a]) => add(tape, a!, a!)],
    rowsOf: [[drawn(4, 3, 1)], (tape, [x]) => rowsOf(tape, x!, [2, 0, 2, 3])],
    meanOfRows: [[drawn(5, 2, 1)], (tape, [x]) => meanOfRows(tape, x!, [0, 2, 4], [2, 5, 4])],
    beside: [[drawn(3, 2, 1), drawn(3, 4, 2)], (tape, [a, b]) => beside(tape, a!, b!)],
    dotsOf: [[drawn(3, 4, 1), drawn(4, 4, 2)], (tape, [a, b]) => dotsOf(tape, a!, b!, [0, 2, 2, 1], [3, 0, 1, 3], 0.7)],
    attention: [
      [drawn(5, 4, 1), drawn(5, 4, 2), drawn(5, 4, 3), drawn(9, 3, 4)],
      (tape, [queries, keys, values, bias]) =>
        attention(
          tape,
          { queries: queries!, keys: keys!, values: values!, bias: bias!, biasColumn: 1 },
          { starts, first },
          2,
        ),
    ],
    contextAttention: [
      [drawn(5, 4, 1), drawn(4, 4, 2), drawn(4, 4, 3), drawn(9, 3, 4)],
      (tape, [queries, keys, values, bias]) =>
        contextAttention(
          tape,
          { queries: queries!, keys: keys!, values: values!, bias: bias!, biasColumn: 1 },
          [
            { row: 0, rows: 3, key: 0, keys: 1, pair: 0 },
            { row: 3, rows: 2, key: 1, keys: 3, pair: 3 },
          ],
          2,
        ),
    ],
    clamped: [[drawn(3, 4, 1)], (tape, [x]) => clamped(tape, x!, -0.31, 0.42)],
    mixtureOf: [[drawn(3, 4, 1)], (tape, [x]) => mixtureOf(tape, x!, drawn(3, 4, 2).data)],
    gaussianLoss: [
      [drawn(4, 1, 1), drawn(4, 1, 2)],
      (tape, [means, spreads]) => gaussianLoss(tape, means!, spreads!, [0.3, -1, 2, 0]),
    ],
    crossEntropy: [[drawn(3, 4, 1)], (tape, [x]) => crossEntropy(tape, x!, [1, 3, 0], [1, 0.5, 2])],
    yesNoEntropy: [[drawn(4, 1, 1)], (tape, [x]) => yesNoEntropy(tape, x!, [1, 0, 0, 1], [1, 2, 0.5, 1])],
    weightedSum: [
      [drawn(1, 1, 1), drawn(1, 1, 2)],
      (tape, [a, b]) =>
        weightedSum(tape, [
          { value: a!, factor: 2 },
          { value: b!, factor: -0.3 },
        ]),
    ],
  }
  it.each(Object.entries(cases))('of %s are those of its value', (_, [inputs, made]) => {
    expect(worstGradient(inputs, made)).toBeLessThan(BOUND)
  })

  it('are not kept where none is wanted', () => {
    const x = drawn(2, 2, 1)
    const tape = new Tape(false)
    tape.backward(summed(tape, gelu(tape, x)))
    expect(x.hasGrad).toBe(false)
  })
})

describe('a model that is only asked', () => {
  it('gets zeros again from memory that served before', () => {
    const tape = Tape.reused()
    tape.numbers(7).fill(3)
    tape.restart()
    expect(tape.numbers(5)).toEqual(new Float64Array(5))
    expect(tape.numbers(9)).toEqual(new Float64Array(9))
  })

  it('keeps two results of one asking apart', () => {
    const tape = Tape.reused()
    for (let asking = 0; asking < 3; asking++) {
      tape.restart()
      const first = add(tape, drawn(2, 3, 1), drawn(2, 3, 2))
      const said = first.data.slice()
      add(tape, drawn(4, 3, 3), drawn(4, 3, 4))
      expect(first.data).toEqual(said)
    }
  })

  it('has the GELU of a training to the last digits', () => {
    const x = drawn(40, 5, 1)
    for (let i = 0; i < x.data.length; i++) x.data[i]! *= 8
    const asked = gelu(new Tape(false), x).data
    gelu(new Tape(), x).data.forEach((value, i) => expect(Math.abs(asked[i]! - value)).toBeLessThan(1e-14))
  })
})

describe('attention to a context', () => {
  it('is attention pair by pair', () => {
    const [queries, keys, values, bias] = [drawn(5, 12, 1), drawn(7, 12, 2), drawn(7, 12, 3), drawn(22, 5, 4)]
    const inputs = { queries, keys, values, bias, biasColumn: 2 }
    const pairs = { starts: Int32Array.from([0, 3, 6, 10, 14, 18]), first: Int32Array.from([0, 0, 3, 3, 3]) }
    const blocks = [
      { row: 0, rows: 2, key: 0, keys: 3, pair: 0 },
      { row: 2, rows: 3, key: 3, keys: 4, pair: 6 },
    ]
    const tape = new Tape(false)
    const expected = attention(tape, inputs, pairs, 3).data
    contextAttention(tape, inputs, blocks, 3).data.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 12))
  })
})

describe('a product', () => {
  it('is its definition, whatever the sizes and whichever is transposed', () => {
    const size = fc.integer({ min: 1, max: 11 })
    fc.assert(
      fc.property(size, size, size, fc.boolean(), fc.boolean(), (rows, inner, cols, isATurned, isBTurned) => {
        const a = isATurned ? drawn(inner, rows, 1) : drawn(rows, inner, 1)
        const b = isBTurned ? drawn(cols, inner, 2) : drawn(inner, cols, 2)
        const into = drawn(rows, cols, 3).data
        const before = into.slice()
        addProduct(into, isATurned ? transposed(a) : plain(a), isBTurned ? transposed(b) : plain(b), rows, inner, cols)
        for (let row = 0; row < rows; row++)
          for (let col = 0; col < cols; col++) {
            let sum = 0
            for (let k = 0; k < inner; k++)
              sum +=
                a.data[isATurned ? k * rows + row : row * inner + k]! *
                b.data[isBTurned ? col * inner + k : k * cols + col]!
            expect(into[row * cols + col]).toBeCloseTo(before[row * cols + col]! + sum, 12)
          }
      }),
    )
  })

  it('gives a row the same bits whatever rows are beside it', () => {
    const [a, b] = [drawn(7, 33, 1), drawn(33, 6, 2)]
    const all = new Float64Array(7 * 6)
    addProduct(all, plain(a), plain(b), 7, 33, 6)
    for (let row = 0; row < 7; row++) {
      const alone = new Float64Array(6)
      addProduct(alone, plain(new Value(1, 33, a.data.slice(row * 33, (row + 1) * 33))), plain(b), 1, 33, 6)
      expect(alone).toEqual(all.slice(row * 6, (row + 1) * 6))
    }
  })
})

describe('weights', () => {
  const specs = [...linear('layer', 3, 2), ...norm('norm', 2)]

  it('are what they were once written and read, to float32', () => {
    const written = Parameters.draw(specs, createRandom(1)).write()
    expect(Parameters.read(specs, written).write()).toEqual(written)
    expect(written).toHaveLength(12)
  })

  it('are refused where their number is another, or one is no number', () => {
    expect(() => Parameters.read(specs, new Float32Array(11))).toThrow(/holds 11 weights; this model has 12/)
    expect(() => Parameters.read(specs, new Float32Array(12).fill(NaN))).toThrow(/no finite numbers/)
  })

  it('find the bottom of a bowl', () => {
    const parameters = Parameters.draw(linear('point', 2, 2), createRandom(3))
    const optimiser = new AdamW(parameters, 0)
    const goal = Float64Array.from([1, -2, 0.5, 3])
    for (let step = 0; step < 600; step++) {
      const tape = new Tape()
      tape.backward(squaredError(tape, parameters.get('point.weight'), goal, Float64Array.from([1, 1, 1, 1])))
      optimiser.step(cosineRate(0.1, step, 600, 10))
    }
    parameters.get('point.weight').data.forEach((value, i) => expect(value).toBeCloseTo(goal[i]!, 3))
  })
})
