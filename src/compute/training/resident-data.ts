// Images and labels as variables that stay in the session: a step feeds only which rows it wants.
import { tf, uint8Tensor, type Variable } from '../tensorflow/backend'
import type { SplitRows } from './split-data'

export interface ResidentData {
  /** uint8 `[count, height, width, channels]` */
  readonly images: Variable
  /** int32 `[count]` */
  readonly labels: Variable
}

/** The pixels are shared with TensorFlow, not copied: `rows` must not change while the variables live. The caller disposes both. */
export function residentData(rows: SplitRows): ResidentData {
  const pixels = uint8Tensor(rows.images, [rows.count, ...rows.shape])
  const labels = tf.tensor1d(Int32Array.from(rows.labels), 'int32')
  const data = { images: tf.variable(pixels, false), labels: tf.variable(labels, false) }
  // A variable holds the data by itself.
  pixels.dispose()
  labels.dispose()
  return data
}
