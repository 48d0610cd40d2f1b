// A small network with weights as a trained one has them, exported and looked at beside its own predictions: for tests of formats.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LayerGraph } from '@shared/architecture/layer'
import type { SplitFiles } from '@shared/contract/compute'
import { createRandom } from '@shared/random'
import { readArrayFile, writeArrayFile } from '../../networks/array-file'
import { initialValues } from '../../networks/initialise'
import { buildNetwork } from '../../networks/network'
import type { NamedArray } from '../../networks/weights'

export const MEAN = [0.5, 0.4, 0.6, 0.45]
export const DEVIATION = [0.2, 0.25, 0.3, 0.22]
export const RANDOM = { count: 8, seed: 11 }

/** Random statistics and scales as a trained network has them, so that an ignored one shows. */
export function trainedLike(graph: LayerGraph, seed: number): NamedArray[] {
  return buildNetwork(graph).arrays.map((stored) => {
    const random = createRandom(seed).fork(stored.name)
    const { values } = initialValues(stored, seed)
    const isVariance = stored.name.endsWith('moving-variance')
    const spread = stored.name.endsWith('kernel') ? 0 : 0.5
    return {
      ...stored,
      values: values.map((value) => value + spread * (isVariance ? random.next() : random.next() - 0.5)),
    }
  })
}

/** A folder of its own for one test file, with what its exports are made of. */
export async function exportBench() {
  const folder = await mkdtemp(join(tmpdir(), 'exports-'))
  const weights = join(folder, 'network.weights')
  return {
    folder,
    weights,
    close: () => rm(folder, { recursive: true }),
    /** The weights file of a network. @param change of each array, for tests of what a wrong one does */
    async writeWeights(graph: LayerGraph, change: (array: NamedArray) => NamedArray = (array) => array): Promise<void> {
      const channels = graph.input.length === 3 ? graph.input[2] : 1
      const normalisation = { mean: MEAN.slice(0, channels), deviation: DEVIATION.slice(0, channels) }
      const meta = { format: 'gptnas-weights/1', epoch: 1, classes: 3, ...normalisation }
      await writeArrayFile(weights, meta, trainedLike(graph, 1).map(change))
    },
    async randomSplit(shape: readonly [number, number, number], count: number): Promise<SplitFiles> {
      const random = createRandom(3)
      const images = join(folder, 'images.u8')
      const labels = join(folder, 'labels.u8')
      const pixels = { length: count * shape[0] * shape[1] * shape[2] }
      await writeFile(
        images,
        Uint8Array.from(pixels, () => random.integer(256)),
      )
      await writeFile(
        labels,
        Uint8Array.from({ length: count }, () => random.integer(3)),
      )
      return { images, labels, count, shape: [...shape], classes: 3, mean: MEAN, deviation: DEVIATION }
    },
  }
}

/**
 * Makes one weight of an exported file wrong: the largest of a stored array changes its sign, wherever the format keeps it.
 * @param file of the export, in which the array lies as float32
 * @param weights the trial's weights file
 */
export async function negateLargest(file: string, weights: string, array: string): Promise<void> {
  const stored = (await readArrayFile(weights)).arrays.find(({ name }) => name === array)
  if (stored === undefined) throw new RangeError(`${weights} has no array ${array}`)
  const largest = stored.values.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0)
  const bytes = await readFile(file)
  const at = bytes.indexOf(Buffer.from(Float32Array.of(largest).buffer))
  if (at < 0) throw new RangeError(`${file} does not hold ${array}`)
  bytes.writeFloatLE(-largest, at)
  await writeFile(file, bytes)
}
