// What values a trained network has on calibration images: the least and the largest of each node, for an export that rounds them.
import type { LayerGraph } from '@shared/architecture/layer'
import type { SplitFiles } from '@shared/contract/compute'
import { nextTurn } from '@node/waiting'
import { readIndices, readRows } from '../data/split-data'
import type { Ranges } from './ranges'
import { openTrainedNetwork } from './trained-network'

/** Images that ranges are taken of. Chosen: onnxruntime's examples take a hundred to a thousand. */
const IMAGES = 512
const BATCH = 32

export interface Calibration {
  readonly data: SplitFiles
  /** File of int32 little-endian indices into the split. */
  readonly indices: string
}

/**
 * @param weights weights file of a trial
 * @returns by node id, and of the normalised image under the input's
 * @throws AppError `dataset-damaged`, `storage-failed`, `invalid-input`
 */
export async function calibrate(graph: LayerGraph, weights: string, { data, indices }: Calibration): Promise<Ranges> {
  const chosen = (await readIndices(indices)).subarray(0, IMAGES)
  const network = await openTrainedNetwork(graph, weights)
  const ranges = new Map<string, readonly [number, number]>()
  try {
    for (let start = 0; start < chosen.length; start += BATCH) {
      const { images, shape } = await readRows(data, chosen.subarray(start, start + BATCH))
      for (const [id, [least, most]] of network.ranges(images, shape)) {
        const [low, high] = ranges.get(id) ?? [Infinity, -Infinity]
        ranges.set(id, [Math.min(low, least), Math.max(high, most)])
      }
      // Lets messages in: a call blocks this process.
      await nextTurn()
    }
  } finally {
    network.dispose()
  }
  return ranges
}
