// Numbers of HDF5 files as other programs store them. What is damaged is read-network.test.ts's.
import * as h5wasm from 'h5wasm'
import { expect, it } from 'vitest'
import { readH5 } from './h5-file'

it('reads a number alone, of 64 bits and of 32, beside arrays', async () => {
  const { FS } = await h5wasm.ready
  const file = new h5wasm.File('/numbers.h5', 'w')
  file.create_dataset({ name: 'count', data: BigInt64Array.of(7n), shape: [], dtype: '<q' })
  file.create_dataset({ name: 'rate', data: Float32Array.of(0.5), shape: [], dtype: '<f' })
  file.create_dataset({ name: 'kernel', data: Float32Array.of(1, 2), shape: [2], dtype: '<f' })
  file.close()
  const { arrays } = await readH5(FS.readFile('/numbers.h5'))
  expect(arrays.map(({ path, shape, values }) => [path, shape, [...values()]])).toEqual([
    ['count', [], [7]],
    ['kernel', [2], [1, 2]],
    ['rate', [], [0.5]],
  ])
})
