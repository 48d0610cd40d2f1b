// Training data in memory: images and labels as variables that stay in the session, so that a step feeds only which rows it wants.
import { tf, uint8Tensor, type Tensor1D } from '../tensorflow/backend'
import { gather } from '../tensorflow/kernels/gather'
import type { SplitRows } from './split-data'
import type { BatchFeeds, BatchSource, TrainingData } from './training-data'

/** The pixels are shared with TensorFlow, not copied: `rows` must not change before the session is recorded, and is let go then. */
export function residentData(rows: SplitRows): TrainingData {
  const { count } = rows
  let unused: SplitRows | null = rows
  return {
    count,
    notice: null,
    source() {
      if (unused === null) throw new Error('Resident data has gone into a session before')
      const source = sourceOf(unused)
      // The session has a copy of its own; this one would be held for the length of the training.
      unused = null
      return source
    },
    batches: (positions, batchSize) => batchesOf(positions, batchSize),
    close: () => Promise.resolve(),
  }
}

function sourceOf(rows: SplitRows): BatchSource {
  const pixels = uint8Tensor(rows.images, [rows.count, ...rows.shape])
  const numbers = tf.tensor1d(Int32Array.from(rows.labels), 'int32')
  const [images, labels] = [tf.variable(pixels, false), tf.variable(numbers, false)]
  // A variable holds the data by itself.
  pixels.dispose()
  numbers.dispose()
  return {
    variables: { images, labels },
    feeds: (batchSize) => ({ indices: { shape: [batchSize], dtype: 'int32' } }),
    pick: ({ indices }) => ({ pixels: gather(images, indices!), labels: gather(labels, indices!) as Tensor1D }),
  }
}

async function* batchesOf(positions: Int32Array, batchSize: number): AsyncGenerator<BatchFeeds, void, undefined> {
  for (let start = 0; start < positions.length; start += batchSize)
    yield { indices: positions.slice(start, start + batchSize) }
}
