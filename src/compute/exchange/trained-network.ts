// A trial's network with its stored weights, ready to look at images: what a proof compares an export with, and what is evaluated
// anew before one. Always float32, whatever the training computed in.
import type { LayerGraph } from '@shared/architecture/layer'
import { AppError } from '@shared/errors'
import { elementCount } from '@shared/element-count'
import { normalise } from '../data/normalise'
import type { SplitRows } from '../data/split-data'
import { buildNetwork } from '../networks/network'
import type { NamedArray } from '../networks/weights'
import { scoped, tf, uint8Tensor, type Tensor, type Tensor2D } from '../tensorflow/backend'
import { readTrainedWeights } from './trained-weights'

export interface TrainedNetwork {
  /**
   * What `read` makes of the images' logits `[count, classes]`, which live as long as it runs.
   * @param pixels uint8 `[count, ...shape]`, raw: the network's own normalisation is used, not the data set's
   */
  look<T>(pixels: Uint8Array, shape: SplitRows['shape'], read: (logits: Tensor2D) => T): T
  /** Every node's value on the first image, by its id, in the network's order. */
  values(pixels: Uint8Array, shape: SplitRows['shape']): NamedArray[]
  dispose(): void
}

/**
 * @param weights weights file of a trial
 * @throws AppError `storage-failed` for a damaged file, `invalid-input` for the weights of another network, `invalid-architecture`
 */
export async function openTrainedNetwork(graph: LayerGraph, weights: string): Promise<TrainedNetwork> {
  const network = buildNetwork(graph)
  const { arrays, normalisation } = await readTrainedWeights(weights)
  const stored = new Map(arrays.map((array) => [array.name, array]))
  for (const { name, shape } of network.arrays)
    if (stored.get(name)?.shape.join() !== shape.join())
      throw new AppError('invalid-input', `${weights} holds no array ${name} of [${shape.join(', ')}] of this network.`)
  const tensors = new Map(
    network.arrays.map(({ name, shape }) => [name, tf.tensor(stored.get(name)!.values, [...shape])]),
  )
  const array = (name: string): Tensor => tensors.get(name)!
  return {
    look: (pixels, shape, read) =>
      scoped(() => {
        const count = pixels.length / (shape[0] * shape[1] * shape[2])
        const images = normalise(uint8Tensor(pixels, [count, ...shape]), normalisation)
        return read(network.forward(images, array, null).logits)
      }),
    values: (pixels, shape) =>
      scoped(() => {
        const seen: NamedArray[] = []
        const keep = (name: string, value: Tensor): void =>
          void seen.push({ name, shape: value.shape.slice(1), values: Float32Array.from(value.dataSync()) })
        const images = normalise(uint8Tensor(pixels.subarray(0, elementCount(shape)), [1, ...shape]), normalisation)
        network.forward(images, array, null, null, keep)
        return seen
      }),
    dispose: () => tf.dispose([...tensors.values()]),
  }
}
