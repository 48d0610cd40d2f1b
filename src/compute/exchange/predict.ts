// Class probabilities of a trained network on chosen images: what an export is compared with.
import type { Prediction, SplitFiles } from '@shared/contract/compute'
import type { LayerGraph } from '@shared/architecture/layer'
import { AppError } from '@shared/errors'
import { nextTurn } from '@node/waiting'
import { buildNetwork } from '../networks/network'
import { scoped, tf, uint8Tensor, type Tensor, type Tensor2D } from '../tensorflow/backend'
import { softmax } from '../tensorflow/kernels/activations'
import { normalise } from '../data/normalise'
import { readRows, type SplitRows } from '../data/split-data'
import { readTrainedWeights } from './trained-weights'

/** Images run at once: enough to keep the cores busy, little memory for any network that could be trained. */
const BATCH = 32

export interface PredictionRequest {
  readonly graph: LayerGraph
  /** Weights file of a trial; its own normalisation is used, not the data set's. */
  readonly weights: string
  readonly data: SplitFiles
  readonly indices: readonly number[]
}

/** @throws AppError `dataset-damaged`, `storage-failed`, `invalid-input` */
export async function predict({ graph, weights, data, indices }: PredictionRequest): Promise<Prediction> {
  const network = buildNetwork(graph)
  const trained = await readTrainedWeights(weights)
  const rows = await readRows(data, indices)
  const arrays = new Map(trained.arrays.map(({ name, shape, values }) => [name, tf.tensor(values, [...shape])]))
  const array = (name: string): Tensor => {
    const found = arrays.get(name)
    if (!found) throw new AppError('invalid-input', `${weights} holds no array ${name} of this network.`)
    return found
  }
  const probabilities: number[][] = []
  try {
    for (let start = 0; start < rows.count; start += BATCH) {
      const batch = scoped(() => {
        const images = normalise(pixels(rows, start, Math.min(rows.count, start + BATCH)), trained.normalisation)
        const { logits } = network.forward(images, array, null)
        return softmax<Tensor2D>(logits).arraySync()
      })
      probabilities.push(...batch)
      // Lets messages in: a call blocks this process.
      await nextTurn()
    }
  } finally {
    tf.dispose([...arrays.values()])
  }
  return { probabilities, labels: [...rows.labels] }
}

function pixels({ images, shape }: SplitRows, from: number, to: number): Tensor {
  const size = shape[0] * shape[1] * shape[2]
  return uint8Tensor(images.slice(from * size, to * size), [to - from, ...shape])
}
