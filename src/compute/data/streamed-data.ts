// Training data on disk: a step is fed its batch's pixels. Because the order is known ahead, the next batches are read while a
// step runs; a bounded part of the rows stays in memory. Same order, same bytes: nothing of a result differs from resident data.
import type { SplitFiles } from '@shared/contract/compute'
import { readableBytes } from '@shared/units'
import type { Tensor1D } from '../tensorflow/backend'
import { ImageFile } from './image-file'
import { ReadAhead } from './read-ahead'
import { RowCache } from './row-cache'
import { readLabels, rowBytesOf } from './split-data'
import type { TrainingData } from './training-data'

/**
 * @param rows of the split, in the order of positions
 * @param cacheBytes most bytes of pixels that stay in memory, beside `readAheadBytes`
 * @throws AppError `dataset-damaged`
 */
export async function streamedData(data: SplitFiles, rows: Int32Array, cacheBytes: number): Promise<TrainingData> {
  const labels = await readLabels(data, rows)
  const file = await ImageFile.open(data)
  const rowBytes = rowBytesOf(data)
  const allBytes = rows.length * rowBytes
  const reader = new ReadAhead(rows, rowBytes, file, new RowCache(rows.length, rowBytes, cacheBytes))
  return {
    count: rows.length,
    notice: `Reads images from disk as it goes: ${readableBytes(Math.min(cacheBytes, allBytes))} of ${readableBytes(allBytes)} stay in memory.`,
    source: () => ({
      variables: {},
      feeds: (batchSize) => ({
        pixels: { shape: [batchSize, ...data.shape], dtype: 'uint8' },
        labels: { shape: [batchSize], dtype: 'int32' },
      }),
      pick: (feeds) => ({ pixels: feeds['pixels']!, labels: feeds['labels'] as Tensor1D }),
    }),
    async *batches(positions, batchSize) {
      for await (const batch of reader.batches(positions, batchSize))
        yield { pixels: batch.pixels, labels: Int32Array.from(batch.positions, (position) => labels[position]!) }
    },
    close: () => file.close(),
  }
}
