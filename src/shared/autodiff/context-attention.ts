// Multi-head attention of many rows to the same context (Vaswani et al. 2017) with a bias for each pair, as products of matrices: what
// attention.ts does pair by pair, for contexts long enough that it pays.
import { addProduct, type Layout } from './matrix'
import type { Value } from './tape'
import { type Tape } from './tape'

/** Rows that attend to one context. */
export interface ContextBlock {
  /** First row that asks, and how many do. */
  readonly row: number
  readonly rows: number
  /** First row of the context among keys and values, and its size. */
  readonly key: number
  readonly keys: number
  /** First of its rows x keys pairs. */
  readonly pair: number
}

export interface ContextAttentionInputs {
  readonly queries: Value
  readonly keys: Value
  readonly values: Value
  /** A row for each pair. */
  readonly bias: Value
  /** The column of the first head in `bias`. */
  readonly biasColumn: number
}

/** Heads are copied out to matrices whose width the product's tiles divide. */
const TILE = 4

interface Packing {
  readonly row: number
  readonly rows: number
  readonly column: number
  readonly size: number
  readonly width: number
}

function packed(
  tape: Tape,
  from: Float64Array,
  cols: number,
  { row, rows, column, size, width }: Packing,
  scale = 1,
): Float64Array {
  const result = tape.numbers(rows * width)
  for (let i = 0; i < rows; i++)
    for (let j = 0, at = (row + i) * cols + column, to = i * width; j < size; j++, at++, to++)
      result[to] = scale * from[at]!
  return result
}

function addUnpacked(
  into: Float64Array,
  cols: number,
  from: Float64Array,
  { row, rows, column, size, width }: Packing,
  scale = 1,
): void {
  for (let i = 0; i < rows; i++)
    for (let j = 0, to = (row + i) * cols + column, at = i * width; j < size; j++, at++, to++)
      into[to]! += scale * from[at]!
}

const plain = (data: Float64Array, width: number): Layout => ({ data, rowStep: width, colStep: 1 })
const turned = (data: Float64Array, width: number): Layout => ({ data, rowStep: 1, colStep: width })

/** @returns as many rows as `queries`, and its columns, head beside head */
export function contextAttention(
  tape: Tape,
  inputs: ContextAttentionInputs,
  blocks: readonly ContextBlock[],
  heads: number,
): Value {
  const { queries, keys, values, bias, biasColumn } = inputs
  const { rows: rowCount, cols } = queries
  const size = cols / heads
  const width = Math.ceil(size / TILE) * TILE
  const scale = 1 / Math.sqrt(size)
  const result = tape.value(rowCount, cols)
  const each = blocks.flatMap((block) =>
    Array.from({ length: heads }, (_, head) => {
      const rows: Packing = { row: block.row, rows: block.rows, column: head * size, size, width }
      const context: Packing = { row: block.key, rows: block.keys, column: head * size, size, width }
      return { block, head, rows, context, shares: tape.numbers(block.rows * block.keys) }
    }),
  )
  for (const { block, head, rows, context, shares } of each) {
    const query = packed(tape, queries.data, cols, rows, scale)
    const key = packed(tape, keys.data, cols, context)
    addProduct(shares, plain(query, width), turned(key, width), block.rows, size, block.keys)
    softmaxRows(shares, block, bias, biasColumn + head)
    const out = tape.numbers(block.rows * width)
    const value = packed(tape, values.data, cols, context)
    addProduct(out, plain(shares, block.keys), plain(value, width), block.rows, block.keys, width)
    addUnpacked(result.data, cols, out, rows)
  }
  return tape.result(result, () => {
    for (const { block, head, rows, context, shares } of each) {
      const { rows: asking, keys: known } = block
      const flow = packed(tape, result.grad, cols, rows)
      const query = packed(tape, queries.data, cols, rows, scale)
      const key = packed(tape, keys.data, cols, context)
      const value = packed(tape, values.data, cols, context)
      const valueFlow = new Float64Array(known * width)
      addProduct(valueFlow, turned(shares, known), plain(flow, width), known, asking, width)
      addUnpacked(values.grad, cols, valueFlow, context)
      const shareFlow = new Float64Array(asking * known)
      addProduct(shareFlow, plain(flow, width), turned(value, width), asking, size, known)
      scoreFlow(shareFlow, shares, block, bias, biasColumn + head)
      const queryFlow = new Float64Array(asking * width)
      addProduct(queryFlow, plain(shareFlow, known), plain(key, width), asking, known, width)
      addUnpacked(queries.grad, cols, queryFlow, rows, scale)
      const keyFlow = new Float64Array(known * width)
      addProduct(keyFlow, turned(shareFlow, known), plain(query, width), known, asking, width)
      addUnpacked(keys.grad, cols, keyFlow, context)
    }
  })
}

/** Scores with their biases to shares, in place. */
function softmaxRows(scores: Float64Array, { rows, keys, pair }: ContextBlock, bias: Value, column: number): void {
  const { data, cols } = bias
  for (let row = 0, at = 0; row < rows; row++, at += keys) {
    let highest = -Infinity
    for (let i = 0; i < keys; i++) {
      const score = scores[at + i]! + data[(pair + at + i) * cols + column]!
      scores[at + i] = score
      if (score > highest) highest = score
    }
    let total = 0
    for (let i = 0; i < keys; i++) total += scores[at + i] = Math.exp(scores[at + i]! - highest)
    for (let i = 0; i < keys; i++) scores[at + i]! /= total
  }
}

/** Flow at shares to flow at scores, in place; it also reaches the biases. */
function scoreFlow(
  flows: Float64Array,
  shares: Float64Array,
  { rows, keys, pair }: ContextBlock,
  bias: Value,
  column: number,
): void {
  const { grad, cols } = bias
  for (let row = 0, at = 0; row < rows; row++, at += keys) {
    let mean = 0
    for (let i = 0; i < keys; i++) mean += shares[at + i]! * flows[at + i]!
    for (let i = 0; i < keys; i++) {
      const flow = shares[at + i]! * (flows[at + i]! - mean)
      flows[at + i] = flow
      grad[(pair + at + i) * cols + column]! += flow
    }
  }
}
