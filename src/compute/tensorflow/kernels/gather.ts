// Look-ups: rows of resident data (uint8 included), embeddings, and picks per example.
import { dataType, executeSingle, integer, tf, type Tensor, type Tensor2D } from '../backend'
import { DataType } from '../binding'
import { differentiable } from './native-op'

/**
 * Elements of one axis by index; not differentiable. tf.gather would read the indices back to check them.
 * @param x any type, uint8 included
 * @param indices int32; with `batchDimensions` n its first n axes are those of `x`
 */
export function gather(x: Tensor, indices: Tensor, axis = 0, batchDimensions = 0): Tensor {
  return executeSingle('GatherV2', { batch_dims: integer(batchDimensions) }, [x, indices, tf.scalar(axis, 'int32')])
}

/**
 * Rows of a table, with the table's gradient.
 * @param table `[rows, width]`
 * @param indices `[...]` int32 in [0, rows)
 * @returns `[..., width]`
 */
export function embedding(table: Tensor2D, indices: Tensor): Tensor {
  const [rows] = table.shape
  return differentiable(
    [table],
    () => ({ value: gather(table, indices), saved: [indices] }),
    (dy, [picked]) => [executeSingle('UnsortedSegmentSum', {}, [dy, picked, tf.scalar(rows, 'int32')])],
  )
}

/** To float32 or int32, from any type. */
export function cast(x: Tensor, to: 'float32' | 'int32'): Tensor {
  return executeSingle('Cast', { DstT: dataType(DataType[to]) }, [x])
}
