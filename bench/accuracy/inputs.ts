// What both sides are given as files: the images, the initial values and the order of each epoch.
import { createReadStream, createWriteStream } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { initialValues } from '../../src/compute/networks/initialise'
import { epochOrder } from '../../src/compute/training/order'
import { createDatasets, type ReadyDataset } from '../../src/engine/datasets/datasets'
import type { LayerGraph } from '../../src/shared/architecture/layer'
import type { SplitFiles } from '../../src/shared/contract/compute'
import { userFolders } from '../../src/shared/runtime/user-folders'
import type { AccuracyJob } from './job'

/** CIFAR-10, fetched on first use. */
export async function cifar10(note: (line: string) => void): Promise<ReadyDataset> {
  const datasets = createDatasets({ cacheFolder: userFolders(process.env, homedir()).cache })
  try {
    for await (const { stage, message } of datasets.get('cifar-10')) if (stage !== 'ready') note(message)
    return await datasets.ready('cifar-10')
  } finally {
    await datasets.close()
  }
}

/** Both splits as one, training images first, because a training job reads one. */
export async function joinSplits(dataset: ReadyDataset, folder: string): Promise<SplitFiles> {
  const splits = [dataset.files('train'), dataset.files('test')]
  const joined = async (part: 'images' | 'labels'): Promise<string> => {
    const path = join(folder, `${part}.u8`)
    for (const split of splits) await pipeline(createReadStream(split[part]), createWriteStream(path, { flags: 'a' }))
    return path
  }
  const count = splits.reduce((sum, split) => sum + split.count, 0)
  return { ...splits[0]!, count, images: await joined('images'), labels: await joined('labels') }
}

/** Writes what a network begins with and the order of its images; the product derives both from the seed, its peer reads them. */
export async function writeInputs(
  graph: LayerGraph,
  { seed, epochs, trainImages }: { readonly seed: number; readonly epochs: number; readonly trainImages: number },
  folder: string,
): Promise<Pick<AccuracyJob, 'initialValues' | 'arrays' | 'orders'>> {
  // Only here: it loads TensorFlow, which what is measured has for itself.
  const { buildNetwork } = await import('../../src/compute/networks/network')
  const stored = buildNetwork(graph).arrays
  const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array | Int32Array): Uint8Array =>
    new Uint8Array(buffer, byteOffset, byteLength)
  const values = stored.map((array) => bytesOf(initialValues(array, seed).values))
  const orders = Array.from({ length: epochs }, (_, i) => bytesOf(epochOrder(trainImages, seed, i + 1)))
  const files = { initialValues: join(folder, 'initial.f32'), orders: join(folder, 'orders.i32') }
  await writeFile(files.initialValues, Buffer.concat(values))
  await writeFile(files.orders, Buffer.concat(orders))
  return {
    ...files,
    arrays: stored.map(({ name, node, shape }) => ({ node, role: name.slice(node.length + 1), shape })),
  }
}
