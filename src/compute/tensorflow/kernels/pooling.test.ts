// Poolings: values and gradients against float64 forwards, output sizes worked out by hand.
import { describe, expect, it } from 'vitest'
import { tf, type Tensor4D } from '../backend'
import { channel64, mean64, pool64, type Pooling64 } from '../testing/float64'
import { expectRightGradients } from '../testing/gradient-check'
import { evenPadding, NO_PADDING, resolvePadding } from './padding'
import { averagePool, globalAveragePool, maxPool } from './pooling'

describe('pooling', () => {
  type Row = Pooling64 & { readonly ceil?: boolean; readonly same?: boolean }
  const shape = [2, 7, 6, 3] as const
  const table: readonly (readonly [string, Row])[] = [
    ['2x2 stride 2', { shape, kernel: [2, 2], strides: [2, 2], padding: NO_PADDING, output: [3, 3] }],
    ['3x3 stride 1 padded', { shape, kernel: [3, 3], strides: [1, 1], padding: evenPadding(1), output: [7, 6] }],
    ['3x3 stride 2 padded', { shape, kernel: [3, 3], strides: [2, 2], padding: evenPadding(1), output: [4, 3] }],
    ['3x3 stride 2 ceil', { shape, kernel: [3, 3], strides: [2, 2], padding: NO_PADDING, output: [3, 3], ceil: true }],
    [
      '3x3 stride 2 padded, ceil',
      { shape, kernel: [3, 3], strides: [2, 2], padding: evenPadding(1), output: [4, 4], ceil: true },
    ],
    // torch drops the window that would start in the padding behind: 3 rows, not 4.
    [
      '2x2 stride 3 padded, ceil',
      { shape: [1, 6, 6, 2], kernel: [2, 2], strides: [3, 3], padding: evenPadding(1), output: [3, 3], ceil: true },
    ],
    ['2x3 stride 2,1', { shape, kernel: [2, 3], strides: [2, 1], padding: evenPadding([0, 1]), output: [3, 6] }],
    [
      '3x3 stride 2 same',
      {
        shape,
        kernel: [3, 3],
        strides: [2, 2],
        padding: resolvePadding('same', [7, 6], [3, 3], [2, 2]),
        output: [4, 3],
        same: true,
      },
    ],
  ]
  it.each(table)('maximum %s', (_, row) => {
    const { kernel, strides, padding, ceil, same } = row
    expectRightGradients({
      shapes: [row.shape],
      native: ([x]) => maxPool(x as Tensor4D, { kernel, strides, padding: same ? 'same' : padding, ceil }),
      float64: ([x]) => pool64(x!, row, (values) => Math.max(...values)),
    })
  })
  it.each(table)('average %s, padding not counted', (_, row) => {
    const { kernel, strides, padding, ceil, same } = row
    const options = { kernel, strides, padding: same ? ('same' as const) : padding, ceil, countPadding: false }
    expectRightGradients({
      shapes: [row.shape],
      native: ([x]) => averagePool(x as Tensor4D, options),
      float64: ([x]) => pool64(x!, row, mean64),
    })
  })
  it.each(table.filter(([, row]) => !row.same))('average %s, padding counted', (_, row) => {
    const { kernel, strides, padding, ceil } = row
    expectRightGradients({
      shapes: [row.shape],
      native: ([x]) => averagePool(x as Tensor4D, { kernel, strides, padding, ceil, countPadding: true }),
      float64: ([x]) => pool64(x!, row, (values, places) => values.reduce((a, b) => a + b, 0) / places),
    })
  })
  it('over the whole image', () => {
    expectRightGradients({
      shapes: [[2, 3, 5, 4]],
      native: ([x]) => globalAveragePool(x as Tensor4D),
      float64: ([x]) =>
        Float64Array.from({ length: 8 }, (_, i) => {
          const image = x!.subarray(Math.floor(i / 4) * 60, Math.floor(i / 4) * 60 + 60)
          return mean64(channel64(image, 4, i % 4))
        }),
    })
  })
  it('a maximum never takes padding, even of negative images', () => {
    const x = tf.fill([1, 2, 2, 1], -5) as Tensor4D
    const y = maxPool(x, { kernel: [3, 3], strides: [2, 2], padding: evenPadding(1) })
    expect([...y.dataSync()]).toEqual([-5])
  })
})
