// Random weights that a signal comes through: normalisations with the statistics that their input has. With others the values of a
// network of a hundred layers grow or vanish, and equal exports would prove nothing.
import type { LayerGraph } from '../../src/shared/architecture/layer'
import { createRandom } from '../../src/shared/random'
import { writeArrayFile } from '../../src/compute/networks/array-file'
import { initialValues } from '../../src/compute/networks/initialise'
import { BATCH_NORM_MOMENTUM } from '../../src/compute/networks/layers/batch-norm-constants'
import { buildNetwork } from '../../src/compute/networks/network'
import type { NamedArray } from '../../src/compute/networks/weights'
import { scoped, tf, type Tensor4D } from '../../src/compute/tensorflow/backend'

/** Images that the statistics are of. */
const IMAGES = 8
const SEED = 1

/** Scales and offsets as a training leaves them, so that an ignored one shows; statistics zero, to be read off a training step. */
function uncalibrated(graph: LayerGraph): NamedArray[] {
  return buildNetwork(graph).arrays.map((stored) => {
    const random = createRandom(SEED).fork(stored.name)
    const { values } = initialValues(stored, SEED)
    const isStatistic = stored.name.includes('/moving-')
    const spread = stored.name.endsWith('kernel') ? 0 : 0.2
    return {
      name: stored.name,
      shape: stored.shape,
      values: values.map((value) => (isStatistic ? 0 : value + spread * (random.next() - 0.5))),
    }
  })
}

/** Running statistics start at zero here, so one step leaves a known share of the batch's own in them. */
function calibrated(graph: LayerGraph, arrays: readonly NamedArray[]): NamedArray[] {
  const network = buildNetwork(graph)
  return scoped(() => {
    const tensors = new Map(arrays.map(({ name, shape, values }) => [name, tf.tensor(values, [...shape])]))
    const images = tf.randomNormal([IMAGES, ...graph.input], 0, 1, 'float32', SEED) as Tensor4D
    const { updates } = network.forward(images, (name) => tensors.get(name)!, tf.tensor1d([SEED, 0], 'int32'))
    return arrays.map((array) => {
      const update = updates.get(array.name)
      if (update === undefined) return array
      const values = Float32Array.from(update.dataSync(), (value) => value / (1 - BATCH_NORM_MOMENTUM))
      return { ...array, values }
    })
  })
}

export async function writeRandomWeights(graph: LayerGraph, classes: number, file: string): Promise<void> {
  const channels = graph.input.length === 3 ? graph.input[2] : 1
  const normalisation = {
    mean: Array.from({ length: channels }, (_, i) => 0.5 - 0.02 * i),
    deviation: Array.from({ length: channels }, (_, i) => 0.25 + 0.01 * i),
  }
  const arrays = calibrated(graph, uncalibrated(graph))
  await writeArrayFile(file, { format: 'gptnas-weights/1', epoch: 1, classes, ...normalisation }, arrays)
}
