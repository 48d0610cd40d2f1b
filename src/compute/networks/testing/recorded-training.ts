// A network trained for some steps twice, recorded and eagerly: whether the weights come out the same to the last bit.
// With dropout and stochastic depth as they are: both draw from the fed seed. Where not, whether TensorFlow's own exchange of kernels in
// sessions is the whole reason. Used by tests and by bench:kernels.
import type { LayerGraph } from '@shared/architecture/layer'
import { createRandom } from '@shared/random'
import {
  scoped,
  tf,
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  type Variable,
} from '../../tensorflow/backend'
import { softmaxCrossEntropy } from '../../tensorflow/kernels/cross-entropy'
import { mean } from '../../tensorflow/kernels/dense'
import type { Seed } from '../../tensorflow/kernels/random'
import { sgd } from '../../tensorflow/optimizers'
import { entry } from '../../tensorflow/recorder/program'
import { record } from '../../tensorflow/recorder/record'
import { withSessionKernels } from '../../tensorflow/testing/session-kernels'
import { initialValues } from '../initialise'
import { buildNetwork, trainedNames } from '../network'

interface Comparison {
  readonly isBitwise: boolean
  /** Largest |recorded - eager| / |eager| over the stored arrays, 0 where bitwise; values below SMALL count as that. */
  readonly error: number
}

export interface RecordedTraining extends Comparison {
  /** What the recorded weights equal to the last bit; null where nothing explains the difference. */
  readonly equals: 'eager' | 'eager with session kernels' | null
}

/** A bias before a normalisation has no gradient but roundings and drifts by them: its 1e-9 is compared with weights, not with itself. */
const SMALL = 1e-3

/** Small enough that any network of ours stays finite. */
const RATE = 0.01

export function trainBothWays(graph: LayerGraph, steps: number, batch = 4): RecordedTraining {
  const plain = comparedTraining(graph, steps, batch)
  if (plain.isBitwise) return { ...plain, equals: 'eager' }
  // Without oneDNN TensorFlow exchanges nothing, so nothing else may count.
  const isOff = process.env['TF_ENABLE_ONEDNN_OPTS'] === '0'
  const isExplained = !isOff && withSessionKernels(() => comparedTraining(graph, steps, batch)).isBitwise
  return { ...plain, equals: isExplained ? 'eager with session kernels' : null }
}

function comparedTraining(graph: LayerGraph, steps: number, batch: number): Comparison {
  const network = buildNetwork(graph)
  const random = createRandom(8)
  const variables = new Map<string, Variable>(
    network.arrays.map((stored) => [
      stored.name,
      tf.tidy(() => tf.variable(tf.tensor(initialValues(stored, 2).values, [...stored.shape]), stored.trained)),
    ]),
  )
  const names = trainedNames(network, null)
  const trained = network.arrays
    .filter(({ name }) => names.has(name))
    .map(({ name, decays }) => ({ name, decays, variable: variables.get(name)! }))
  const optimizer = sgd(trained, { momentum: 0.9, nesterov: true, weightDecay: 5e-4 })
  const shape = [batch, ...network.graph.input]
  const feeds = {
    images: { shape, dtype: 'float32' },
    labels: { shape: [batch], dtype: 'int32' },
    seed: { shape: [2], dtype: 'int32' },
  } as const
  const program = record({
    variables: { ...Object.fromEntries(variables), ...optimizer.slots },
    entries: {
      step: entry(feeds, ({ images, labels, seed }) => {
        let updates: [string, Tensor][] = []
        const { value, grads } = tf.variableGrads(
          () => {
            const result = network.forward(images as Tensor4D, (name) => variables.get(name)!, seed as Seed)
            updates = [...result.updates].map(([name, tensor]) => [name, tf.keep(tensor)])
            return mean(softmaxCrossEntropy(result.logits, labels as Tensor1D))
          },
          trained.map(({ variable }) => variable),
        )
        optimizer.apply(grads, tf.scalar(RATE) as Scalar)
        for (const [name, tensor] of updates) {
          variables.get(name)!.assign(tensor)
          tensor.dispose()
        }
        tf.dispose(Object.values(grads))
        return { loss: value }
      }),
    },
  })
  try {
    const size = shape.reduce((a, b) => a * b, 1)
    for (let step = 0; step < steps; step++) {
      const fed = {
        images: Float32Array.from({ length: size }, () => random.next() * 2 - 1),
        labels: Int32Array.from({ length: batch }, () => random.integer(network.classes)),
        seed: Int32Array.of(step, 77),
      }
      program.run('step', fed)
      program.runEagerly('step', fed)
    }
    const recorded = program.readVariables([...variables.keys()])
    return scoped(() => compare(recorded as ReadonlyMap<string, Float32Array>, variables))
  } finally {
    program.dispose()
    tf.dispose([...variables.values(), ...Object.values(optimizer.slots)])
  }
}

const norm = (values: Float32Array): number => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0))

function compare(recorded: ReadonlyMap<string, Float32Array>, variables: ReadonlyMap<string, Variable>): Comparison {
  let [isBitwise, error] = [true, 0]
  for (const [name, variable] of variables) {
    const [a, b] = [recorded.get(name)!, variable.dataSync<'float32'>()]
    if (a.every((value, i) => Object.is(value, b[i]))) continue
    isBitwise = false
    const length = Math.max(norm(b), SMALL * Math.sqrt(b.length))
    const distance = norm(a.map((value, i) => value - b[i]!)) / length
    // NaN stays: no bound accepts it.
    if (!(distance <= error)) error = distance
  }
  return { isBitwise, error }
}
