// Every value of a trained network on one image, as a file: what an export that computes otherwise is looked through with.
import type { TraceRequest } from '@shared/contract/compute'
import { readRows } from '../data/split-data'
import { writeArrayFile } from '../networks/array-file'
import { openTrainedNetwork } from './trained-network'

/** @throws AppError `dataset-damaged`, `storage-failed`, `invalid-input` (weights of another network) */
export async function trace({ graph, weights, data, index, storedAs, file }: TraceRequest): Promise<void> {
  const { images, shape } = await readRows(data, [index])
  const network = await openTrainedNetwork(graph, weights, storedAs)
  try {
    await writeArrayFile(file, { format: 'gptnas-values/1', index }, network.values(images, shape))
  } finally {
    network.dispose()
  }
}
