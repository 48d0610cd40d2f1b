// A native network's loss and gradients against the float64 reference: slopes along random directions of each stored array and
// of the images, by central differences. Used by tests and by bench:kernels.
import type { LayerKind } from '@shared/architecture/catalogue'
import { INPUT_ID, type LayerGraph } from '@shared/architecture/layer'
import { createRandom, type Random } from '@shared/random'
import { scoped, tf, type Tensor, type Tensor1D, type Tensor4D, type Variable } from '../../tensorflow/backend'
import { softmaxCrossEntropy } from '../../tensorflow/kernels/cross-entropy'
import { mean } from '../../tensorflow/kernels/dense'
import { initialValues } from '../initialise'
import { buildNetwork, trainedNames, type Network } from '../network'
import { crossEntropy64, LAYERS_64, type Value64 } from './reference-layers'

export interface AuditOptions {
  readonly batch?: number
  /** Random directions along each array. */
  readonly directions?: number
  /** One direction through all arrays at once, for networks whose reference is slow. */
  readonly together?: boolean
}

export interface Audit {
  /** |native - float64| of the loss, over the loss. */
  readonly lossError: number
  /** Largest error of a slope over the length of the gradient it belongs to, and whose it is. */
  readonly slopeError: number
  readonly worst: string
}

/** Layers that draw keep everything: the reference draws nothing. Their draws have tests of their own. */
const withoutChance = (graph: LayerGraph): LayerGraph => ({
  ...graph,
  nodes: graph.nodes.map((node) =>
    node.kind === 'dropout' || node.kind === 'stochastic-depth'
      ? { ...node, parameters: { ...node.parameters, rate: 0 } }
      : node,
  ),
})

type Arrays = Map<string, Float64Array>
const IMAGES = 'images'

/** Float64 logits of the network on `arrays` (images included), as in training. */
function forward64({ graph }: Network, arrays: Arrays, batch: number): Value64 {
  const values = new Map<string, Value64>([[INPUT_ID, { shape: [batch, ...graph.input], data: arrays.get(IMAGES)! }]])
  for (const { id, kind, parameters, inputs } of graph.nodes) {
    const call = {
      parameters,
      inputs: inputs.map((input) => values.get(input)!),
      array: (role: string) => arrays.get(`${id}/${role}`)!,
    }
    values.set(id, LAYERS_64[kind as LayerKind](call))
  }
  const last = graph.nodes.find(({ id }) => id === graph.output)!
  return values.get(last.kind === 'softmax' ? last.inputs[0]! : graph.output)!
}

interface Native {
  readonly loss: number
  readonly gradients: ReadonlyMap<string, Float32Array>
}

function nativeGradients(
  network: Network,
  arrays: Arrays,
  labels: readonly number[],
  names: readonly string[],
): Native {
  const float32 = (name: string) => Float32Array.from(arrays.get(name)!)
  return scoped(() => {
    const variables = new Map<string, Variable>(
      network.arrays.map(({ name, shape, trained }) => [
        name,
        tf.variable(tf.tensor(float32(name), [...shape]), trained),
      ]),
    )
    const shape = [labels.length, ...network.graph.input] as [number, number, number, number]
    const images = tf.variable(tf.tensor(float32(IMAGES), shape))
    variables.set(IMAGES, images)
    const { value, grads } = tf.variableGrads(
      () => {
        const seed = tf.tensor1d([1, 2], 'int32')
        const { logits } = network.forward(images as unknown as Tensor4D, (name) => variables.get(name)!, seed)
        return mean(softmaxCrossEntropy(logits, tf.tensor1d([...labels], 'int32') as Tensor1D))
      },
      names.map((name) => variables.get(name)!),
    )
    const read = (tensor: Tensor): Float32Array => tensor.dataSync<'float32'>()
    // Nothing leads from the images past a layer of zeros: tfjs then names no gradient.
    const gradientOf = (name: string): Float32Array => {
      const gradient = grads[variables.get(name)!.name]
      return gradient ? read(gradient) : new Float32Array(arrays.get(name)!.length)
    }
    const result: Native = {
      loss: read(value)[0]!,
      gradients: new Map(names.map((name) => [name, gradientOf(name)])),
    }
    tf.dispose([...variables.values(), ...Object.values(grads)])
    return result
  })
}

/**
 * Far enough for float64 (1e-16 of a loss near 1 over it: 1e-9), near enough that hardly a ReLU changes its side within it.
 */
const STEP = 1e-7

/** Part of the largest gradient below which a slope of the reference is its own rounding (1e-9 / STEP of a loss near 1). */
const NOTHING = 1e-6

/** Slope of the float64 loss along `direction`, by central differences. */
function slope64(loss: () => number, arrays: Arrays, direction: ReadonlyMap<string, Float64Array>): number {
  const move = (by: number): void =>
    direction.forEach((along, name) => {
      const values = arrays.get(name)!
      for (let i = 0; i < values.length; i++) values[i]! += by * along[i]!
    })
  move(STEP)
  const above = loss()
  move(-2 * STEP)
  const below = loss()
  move(STEP)
  return (above - below) / (2 * STEP)
}

const length = (values: ArrayLike<number>): number => Math.sqrt(Array.from(values).reduce((sum, x) => sum + x * x, 0))
const signs = (count: number, random: Random): Float64Array =>
  Float64Array.from({ length: count }, () => (random.next() < 0.5 ? -1 : 1))

/** @throws what building the network throws */
export function auditGradients(given: LayerGraph, options: AuditOptions = {}): Audit {
  const { batch = 3, directions = 2, together = false } = options
  const network = buildNetwork(withoutChance(given))
  const random = createRandom(5)
  const arrays: Arrays = new Map(
    network.arrays.map((stored) => {
      const values = Float64Array.from(initialValues(stored, 1).values)
      // Away from the initial ones and zeros, which hide a missing factor or term.
      if (/gamma|beta|bias/.test(stored.name))
        values.forEach((value, i) => (values[i] = Math.fround(value + random.next() / 2)))
      return [stored.name, values]
    }),
  )
  const pixels = batch * network.graph.input.reduce((a, b) => a * b, 1)
  arrays.set(
    IMAGES,
    Float64Array.from({ length: pixels }, () => Math.fround(random.next() * 2 - 1)),
  )
  const labels = Array.from({ length: batch }, (_, i) => (2 * i + 1) % network.classes)
  const names = [...trainedNames(network, null), IMAGES]
  const native = nativeGradients(network, arrays, labels, names)
  const loss = (): number => crossEntropy64(forward64(network, arrays, batch), labels)
  const expected = loss()

  const lengths = new Map(names.map((name) => [name, length(native.gradients.get(name)!)]))
  const longest = Math.max(...lengths.values())
  let [slopeError, worst] = [0, '']
  const probe = (along: ReadonlyMap<string, Float64Array>, scale: number, what: string): void => {
    let slope = 0
    along.forEach((direction, name) =>
      native.gradients.get(name)!.forEach((value, i) => (slope += value * direction[i]!)),
    )
    const exact = slope64(loss, arrays, along)
    // Where the truth is zero (a bias before a normalisation), roundings are compared with the largest gradient.
    const error = Math.abs(slope - exact) / (Math.abs(exact) < NOTHING * longest ? longest : scale)
    if (!(error <= slopeError)) [slopeError, worst] = [error, what]
  }
  for (let k = 0; k < directions; k++) {
    const along = new Map(names.map((name) => [name, signs(arrays.get(name)!.length, random)]))
    if (together) probe(along, length([...lengths.values()]), 'all arrays')
    else
      for (const name of names)
        probe(new Map([[name, along.get(name)!]]), Math.max(lengths.get(name)!, Number.MIN_VALUE), name)
  }
  return { lossError: Math.abs(native.loss - expected) / Math.abs(expected), slopeError, worst }
}
