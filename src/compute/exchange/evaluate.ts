// Loss and accuracy of stored weights over chosen images of a split, as an epoch's end computes them: whether a file holds what was
// trained shows in them. Reads a batch at a time, so that a split of any size fits.
import type { Evaluated, EvaluationRequest } from '@shared/contract/compute'
import { refuseCancelled } from '@node/cancel'
import { nextTurn } from '@node/waiting'
import { readIndices, readRows } from '../data/split-data'
import { tf, type Scalar } from '../tensorflow/backend'
import { softmaxCrossEntropy } from '../tensorflow/kernels/cross-entropy'
import { openTrainedNetwork } from './trained-network'

/** Images run at once: enough to keep the cores busy, little memory for any network that could be trained. */
const BATCH = 64

/** @throws AppError `dataset-damaged`, `storage-failed`, `invalid-input` (weights of another network), `cancelled` */
export async function evaluate(
  { graph, weights, data, indices: file }: EvaluationRequest,
  signal?: AbortSignal,
): Promise<Evaluated> {
  const indices = await readIndices(file)
  const network = await openTrainedNetwork(graph, weights)
  let loss = 0
  let correct = 0
  try {
    for (let start = 0; start < indices.length; start += BATCH) {
      refuseCancelled(signal)
      const { images, labels, shape } = await readRows(data, indices.subarray(start, start + BATCH))
      const [lossSum, right] = network.look(images, shape, (logits) => {
        const wanted = tf.tensor1d(Int32Array.from(labels), 'int32')
        const summed = (sum: Scalar): number => sum.dataSync()[0]!
        const right = tf.equal(tf.argMax(logits, 1), wanted)
        return [summed(tf.sum(softmaxCrossEntropy(logits, wanted))), summed(tf.sum(right))] as const
      })
      loss += lossSum
      correct += right
      // Lets messages in: a call blocks this process.
      await nextTurn()
    }
  } finally {
    network.dispose()
  }
  const mean = loss / indices.length
  return { images: indices.length, loss: Number.isFinite(mean) ? mean : null, accuracy: correct / indices.length }
}
