// Class scores of a trained network on chosen images and on random inputs: what an export is compared with.
import type { Prediction, PredictionRequest } from '@shared/contract/compute'
import { finiteRows } from '@shared/exchange/finite-rows'
import { randomPixels } from '@shared/exchange/random-inputs'
import { nextTurn } from '@node/waiting'
import { readRows } from '../data/split-data'
import { openTrainedNetwork } from './trained-network'

/** Images run at once: enough to keep the cores busy, little memory for any network that could be trained. */
const BATCH = 32

/** @throws AppError `dataset-damaged`, `storage-failed`, `invalid-input` */
export async function predict({
  graph,
  weights,
  data,
  indices,
  random,
  storedAs,
}: PredictionRequest): Promise<Prediction> {
  const network = await openTrainedNetwork(graph, weights, storedAs)
  const size = data.shape[0] * data.shape[1] * data.shape[2]
  const logitsOf = async (pixels: Uint8Array): Promise<Prediction['logits']> => {
    const rows: number[][] = []
    for (let start = 0; start < pixels.length; start += BATCH * size) {
      const batch = pixels.slice(start, start + BATCH * size)
      rows.push(...network.look(batch, data.shape, (logits) => logits.arraySync()))
      // Lets messages in: a call blocks this process.
      await nextTurn()
    }
    return finiteRows(rows)
  }
  try {
    const { images, labels } = await readRows(data, indices)
    return {
      logits: await logitsOf(images),
      labels: [...labels],
      randomLogits: await logitsOf(randomPixels(random, data.shape)),
    }
  } finally {
    network.dispose()
  }
}
