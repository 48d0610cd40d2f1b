// A trial's network with its stored weights, ready to look at images: what a proof compares an export with, and what is evaluated
// anew before one. Always float32, whatever the training computed in.
import { INPUT_ID, type LayerGraph } from '@shared/architecture/layer'
import { AppError } from '@shared/errors'
import { elementCount } from '@shared/element-count'
import type { WeightPrecision } from '@shared/exchange/weight-precision'
import { normalise } from '../data/normalise'
import type { SplitRows } from '../data/split-data'
import { buildNetwork } from '../networks/network'
import type { NamedArray } from '../networks/weights'
import { roundedWeights } from './rounding'
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
  /** Least and largest value of every node and of the input on the images, by id. */
  ranges(pixels: Uint8Array, shape: SplitRows['shape']): ReadonlyMap<string, readonly [number, number]>
  dispose(): void
}

/**
 * @param weights weights file of a trial
 * @param storedAs kernels are rounded as an export stores them
 * @throws AppError `storage-failed` for a damaged file, `invalid-input` for the weights of another network, `invalid-architecture`
 */
export async function openTrainedNetwork(
  graph: LayerGraph,
  weights: string,
  storedAs: WeightPrecision = 'float32',
): Promise<TrainedNetwork> {
  const network = buildNetwork(graph)
  const { arrays, normalisation } = await readTrainedWeights(weights)
  const stored = roundedWeights(arrays, storedAs)
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
    ranges: (pixels, shape) =>
      scoped(() => {
        const seen = new Map<string, readonly [number, number]>()
        const look = (id: string, value: Tensor): void =>
          void seen.set(id, [tf.min(value).dataSync()[0]!, tf.max(value).dataSync()[0]!])
        const count = pixels.length / elementCount(shape)
        const images = normalise(uint8Tensor(pixels, [count, ...shape]), normalisation)
        look(INPUT_ID, images)
        network.forward(images, array, null, null, look)
        return seen
      }),
    dispose: () => tf.dispose([...tensors.values()]),
  }
}
