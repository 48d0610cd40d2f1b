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

/** Pixels that the statistics are of, at least; with few values a channel's variance is nearly zero by chance, and amplifies roundings. */
const PIXELS = 256 * 256
const FEWEST_IMAGES = 8
const SEED = 1

/** Two units in the last place of 0.5 in float32. */
const SHIFT = 2 ** -23

/**
 * A branch that is added to what it was made of starts weak, as every recipe of deep networks has it (zero-initialised gamma, Goyal et
 * al. 2017): with full strength an untrained network is chaotic. Each of L branches multiplies a rounding by 1 + gain * k, so a gain of
 * 1 / L keeps the product below e^k whatever the depth; with 0.2 throughout, EfficientNet-B7's own scores moved by 7 % when its image
 * was darker by one rounding of float32.
 */
const STRONGEST_BRANCH = 0.2

/** Normalisations at the end of a branch: the first of those that an addition takes. */
function branchEnds({ nodes }: LayerGraph): ReadonlySet<string> {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const normOf = (id: string): string | undefined => {
    const node = byId.get(id)
    if (node?.kind === 'batch-norm') return node.id
    return node?.kind === 'stochastic-depth' || node?.kind === 'identity' ? normOf(node.inputs[0]!) : undefined
  }
  const ends = nodes
    .filter(({ kind }) => kind === 'add')
    .map(({ inputs }) => inputs.map(normOf).find((id) => id !== undefined))
  return new Set(ends.filter((id) => id !== undefined))
}

/** Scales and offsets as a training leaves them, so that an ignored one shows; statistics zero, to be read off a training step. */
function uncalibrated(graph: LayerGraph): NamedArray[] {
  const weak = branchEnds(graph)
  const branch = Math.min(STRONGEST_BRANCH, 1 / Math.max(1, weak.size))
  return buildNetwork(graph).arrays.map((stored) => {
    const random = createRandom(SEED).fork(stored.name)
    const { values } = initialValues(stored, SEED)
    const isStatistic = stored.name.includes('/moving-')
    const gain = weak.has(stored.node) && !stored.name.endsWith('kernel') ? branch : 1
    const spread = stored.name.endsWith('kernel') ? 0 : 0.2
    return {
      name: stored.name,
      shape: stored.shape,
      values: values.map((value) => (isStatistic ? 0 : gain * (value + spread * (random.next() - 0.5)))),
    }
  })
}

/**
 * A channel that is constant on these few images would be divided by nearly nothing, and its roundings multiplied by hundreds. Chosen:
 * a hundredth of the layer's mean variance at least.
 */
function withoutDead(variances: Float32Array): Float32Array {
  const mean = variances.reduce((sum, value) => sum + value, 0) / variances.length
  return variances.map((value) => Math.max(value, 0.01 * mean))
}

/** Running statistics start at zero here, so one step leaves a known share of the batch's own in them. */
function calibrated(graph: LayerGraph, arrays: readonly NamedArray[]): NamedArray[] {
  const network = buildNetwork(graph)
  return scoped(() => {
    const tensors = new Map(arrays.map(({ name, shape, values }) => [name, tf.tensor(values, [...shape])]))
    const [height = 1, width = 1] = graph.input
    const count = Math.max(FEWEST_IMAGES, Math.ceil(PIXELS / (height * width)))
    const shape = [Math.min(count, 64), ...graph.input] as [number, number, number, number]
    const images: Tensor4D = tf.randomNormal(shape, 0, 1, 'float32', SEED)
    const { updates } = network.forward(images, (name) => tensors.get(name)!, tf.tensor1d([SEED, 0], 'int32'))
    return arrays.map((array) => {
      const update = updates.get(array.name)
      if (update === undefined) return array
      const values = Float32Array.from(update.dataSync(), (value) => value / (1 - BATCH_NORM_MOMENTUM))
      return { ...array, values: array.name.endsWith('/moving-variance') ? withoutDead(values) : values }
    })
  })
}

/**
 * Two files of the same weights: in the second the image is darker by one or two roundings of float32, which no equal network can
 * tell apart. How far its scores move says how much of a difference is the network's own doing.
 */
export async function writeRandomWeights(
  graph: LayerGraph,
  classes: number,
  files: { readonly weights: string; readonly shifted: string },
): Promise<void> {
  const channels = graph.input.length === 3 ? graph.input[2] : 1
  const normalisation = {
    mean: Array.from({ length: channels }, (_, i) => 0.5 - 0.02 * i),
    deviation: Array.from({ length: channels }, (_, i) => 0.25 + 0.01 * i),
  }
  const arrays = calibrated(graph, uncalibrated(graph))
  const meta = { format: 'gptnas-weights/1', epoch: 1, classes, ...normalisation }
  await writeArrayFile(files.weights, meta, arrays)
  const mean = normalisation.mean.map((value) => value + SHIFT)
  await writeArrayFile(files.shifted, { ...meta, mean }, arrays)
}
