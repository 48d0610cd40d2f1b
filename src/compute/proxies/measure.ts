// Zero-cost figures of one network, for whoever asks a compute: its random start, one batch of the images that train, each figure.
import type { MeasuredProxies, ProxyRequest } from '@shared/contract/compute'
import type { ProxyName } from '@shared/evaluators/proxies'
import { AppError } from '@shared/errors'
import { createRandom } from '@shared/random'
import { refuseCancelled } from '@node/cancel'
import { nextTurn } from '@node/waiting'
import { normalise } from '../data/normalise'
import { readIndices, readRows, type SplitRows } from '../data/split-data'
import { initialValues } from '../networks/initialise'
import { buildNetwork, type Network } from '../networks/network'
import { tf, uint8Tensor, type Tensor, type Tensor1D } from '../tensorflow/backend'
import type { ProxyInput } from './proxy'
import { PROXIES } from './registry'

/** @throws AppError `invalid-architecture`, `invalid-input`, `dataset-damaged`, `cancelled` */
export async function measureProxies(request: ProxyRequest, signal?: AbortSignal): Promise<MeasuredProxies> {
  const { graph, data, names, seed } = request
  const network = buildNetwork(graph)
  if (network.graph.input.join() !== data.shape.join() || network.classes !== data.classes)
    throw new AppError(
      'invalid-architecture',
      `The network takes images of ${network.graph.input.join('x')} and tells ${network.classes} classes apart; the data set has ${data.shape.join('x')} and ${data.classes}.`,
      'Give the network the input size and the classes of the data set.',
    )
  const batch = await readBatch(request)
  const values: Partial<Record<ProxyName, number | null>> = {}
  const input = open(network, batch, request)
  try {
    for (const name of names) {
      refuseCancelled(signal)
      const value = PROXIES[name](input)
      values[name] = Number.isFinite(value) ? value : null
      // Lets messages in: a figure blocks this process.
      await nextTurn()
    }
  } finally {
    input.dispose()
  }
  return { values, seed, images: batch.count }
}

/** The same images of the file for every network. @throws AppError `invalid-input`, `dataset-damaged` */
async function readBatch({ data, indices, images, seed }: ProxyRequest): Promise<SplitRows> {
  const rows = await readIndices(indices)
  if (rows.length < 2)
    throw new AppError('invalid-input', `A zero-cost figure needs two images or more, received ${rows.length}.`)
  const drawn = createRandom(seed).fork('proxy-images').shuffleInPlace(rows).subarray(0, images)
  return readRows(data, drawn)
}

function open(
  network: Network,
  { images, labels, count, shape }: SplitRows,
  { data, seed }: ProxyRequest,
): ProxyInput & { dispose(): void } {
  const stored = new Map<string, Tensor>(
    network.arrays.map((array) => [array.name, tf.tensor(initialValues(array, seed).values, [...array.shape])]),
  )
  const pixels = tf.tidy(() => normalise(uint8Tensor(images, [count, ...shape]), data))
  const wanted = tf.tensor1d(Int32Array.from(labels), 'int32')
  const drawing: Tensor1D = tf.tensor1d(Int32Array.of(seed & 0x7fffffff, 0), 'int32')
  return {
    network,
    array: (name) => stored.get(name)!,
    images: pixels,
    labels: wanted,
    seed: drawing,
    dispose: () => tf.dispose([...stored.values(), pixels, wanted, drawing]),
  }
}
