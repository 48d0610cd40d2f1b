// Every kind of kernel, forward and backward, recorded against eager: bit for bit (to rounding where named), so that no optimisation of the graph goes
// unnoticed. Channels divide by 4 and by 16, where oneDNN's fusions and blocked layouts begin.
import { describe, expect, it } from 'vitest'
import { createRandom } from '@shared/random'
import { tf, type Scalar, type Tensor, type Tensor1D, type Tensor2D, type Tensor4D, type Variable } from '../backend'
import { gelu, hardSigmoid, hardSwish, relu, relu6, sigmoid, silu, softmax, tanh } from '../kernels/activations'
import { batchNormInference, batchNormTraining } from '../kernels/batch-norm'
import { conv2d, groupedConv2d } from '../kernels/conv2d'
import { depthwiseConv2d } from '../kernels/depthwise-conv2d'
import { batchMatMul, biasAdd, matMul, mean } from '../kernels/dense'
import { embedding } from '../kernels/gather'
import { layerNorm } from '../kernels/layer-norm'
import { evenPadding } from '../kernels/padding'
import { averagePool, globalAveragePool, maxPool } from '../kernels/pooling'
import { dropout, stochasticDepth, type Seed } from '../kernels/random'
import { relativeError } from '../reference-convolution'
import { entry } from './program'
import { record } from './record'

const C = 16
const SHAPES = {
  x: [4, 10, 10, C],
  k3: [3, 3, C, C],
  k1: [1, 1, C, C],
  depth: [3, 3, C, 1],
  grouped: [3, 3, C / 4, C],
  gamma: [C],
  beta: [C],
  dense: [C, C],
} as const
type Name = keyof typeof SHAPES
type Parts = { readonly [K in Name]: Tensor }

const same = { strides: [1, 1], padding: 'same' } as const
const conv3 = ({ x, k3 }: Parts) => conv2d(x as Tensor4D, k3 as Tensor4D, same)
const statistics = () => ({ runningMean: tf.zeros([C]) as Tensor1D, runningVariance: tf.ones([C]) as Tensor1D })
const norm = (x: Tensor, { gamma, beta }: Parts) =>
  batchNormTraining(x as Tensor4D, { gamma: gamma as Tensor1D, beta: beta as Tensor1D, ...statistics() }).value
const rows = ({ x }: Parts): Tensor2D => tf.reshape(x, [400, C])
const pool = { kernel: [3, 3], strides: [2, 2], padding: evenPadding(1) } as const

const KINDS: Readonly<Record<string, (parts: Parts, seed: Seed) => Tensor>> = {
  convolution: conv3,
  'strided convolution': ({ x, k3 }) =>
    conv2d(x as Tensor4D, k3 as Tensor4D, { strides: [2, 2], padding: evenPadding(1) }),
  'strided 1x1': ({ x, k1 }) => conv2d(x as Tensor4D, k1 as Tensor4D, { strides: [2, 2], padding: 'same' }),
  dilated: ({ x, k3 }) => conv2d(x as Tensor4D, k3 as Tensor4D, { ...same, dilations: [2, 2] }),
  grouped: ({ x, grouped }) => groupedConv2d(x as Tensor4D, grouped as Tensor4D, 4, same),
  depthwise: ({ x, depth }) => depthwiseConv2d(x as Tensor4D, depth as Tensor4D, same),
  'convolution, bias, relu': (parts) => relu(biasAdd(conv3(parts), parts.beta)),
  'convolution, bias, sigmoid': (parts) => sigmoid(biasAdd(conv3(parts), parts.beta)),
  'convolution, batch norm, relu': (parts) => relu(norm(conv3(parts), parts)),
  'convolution, batch norm, relu6': (parts) => relu6(norm(conv3(parts), parts)),
  'convolution, batch norm, silu': (parts) => silu(norm(conv3(parts), parts)),
  'batch norm on statistics, relu': ({ x, gamma, beta }) =>
    relu(batchNormInference(x as Tensor4D, { gamma: gamma as Tensor1D, beta: beta as Tensor1D, ...statistics() })),
  'residual block': (parts) => {
    const inner = relu(norm(conv3(parts), parts))
    return relu(tf.add(parts.x, norm(conv3({ ...parts, x: inner }), parts)))
  },
  'squeeze and excitation': (parts) => {
    const squeezed = globalAveragePool(parts.x as Tensor4D) as Tensor2D
    const gate = sigmoid(matMul(relu(matMul(squeezed, parts.dense as Tensor2D)), parts.dense as Tensor2D))
    return tf.mul(parts.x, tf.reshape(gate, [4, 1, 1, C]))
  },
  'hard swish': ({ x }) => hardSwish(x),
  'hard sigmoid': ({ x }) => hardSigmoid(x),
  gelu: ({ x }) => gelu(x),
  'dense, bias': (parts) => biasAdd(matMul(rows(parts), parts.dense as Tensor2D), parts.beta),
  softmax: ({ x }) => softmax(x),
  'batched product': ({ x }) => batchMatMul(x, x, true),
  tanh: ({ x }) => tanh(x),
  'maximum pooling': ({ x }) => maxPool(x as Tensor4D, pool),
  'average pooling': ({ x }) => averagePool(x as Tensor4D, { ...pool, countPadding: false }),
  concatenation: ({ x }) => tf.concat([x, tanh(x), x], 3),
  'dense, bias, gelu': (parts) => gelu(biasAdd(matMul(rows(parts), parts.dense as Tensor2D), parts.beta)),
  attention: (parts) => {
    const x = tf.reshape(parts.x, [4, 100, C])
    return batchMatMul(softmax(batchMatMul(x, x, true)), x)
  },
  'layer norm': (parts) => layerNorm(rows(parts), parts.gamma as Tensor1D, parts.beta as Tensor1D),
  embedding: ({ dense }) => embedding(dense as Tensor2D, tf.tensor1d([3, 1, 3, 0], 'int32')),
  dropout: ({ x }, seed) => dropout(x, 0.3, seed),
  'stochastic depth': ({ x }, seed) => stochasticDepth(x, 0.5, seed),
}

/**
 * Kinds in which TensorFlow's graph optimiser re-associates constants or fuses a bias (with its gradient): equal to rounding
 * only. The binding has no session options to switch that off.
 */
const ROUNDED = new Set([
  'convolution, bias, relu',
  'convolution, bias, sigmoid',
  'dense, bias, gelu',
  'hard swish',
  'softmax',
  'attention',
  'average pooling',
])
/** A few roundings of float32 (6e-8 each). */
const ROUNDING = 1e-6

const bits = (values: ArrayLike<number> & { buffer: ArrayBufferLike }) => Buffer.from(values.buffer).toString('base64')

describe('recorded equals eager', () => {
  it.each(Object.keys(KINDS))('%s', (kind) => {
    const random = createRandom(2)
    const parts = Object.fromEntries(
      Object.entries(SHAPES).map(([name, shape]) => {
        const size = shape.reduce((a: number, b) => a * b, 1)
        const values = Float32Array.from({ length: size }, () => random.next() - 0.5)
        return [name, tf.tidy(() => tf.variable(tf.tensor(values, [...shape])))]
      }),
    ) as { [K in Name]: Variable }
    const forward = (seed: Tensor) => KINDS[kind]!(parts, seed as Seed)
    const program = record({
      variables: parts,
      entries: {
        go: entry({ seed: { shape: [2], dtype: 'int32' } }, ({ seed }) => {
          // Squared, so that the gradient that arrives is no constant.
          const used = Object.values(parts)
          const { value, grads } = tf.variableGrads(() => mean(tf.square(forward(seed))) as Scalar, used)
          const present = used.flatMap((variable, i) =>
            grads[variable.name] ? [[`gradient${i}`, grads[variable.name]!]] : [],
          )
          return { value, y: forward(seed), ...(Object.fromEntries(present) as Record<string, Tensor>) }
        }),
      },
    })
    for (const seed of [Int32Array.of(1, 2), Int32Array.of(3, 4)]) {
      const [recorded, eager] = [program.run('go', { seed }), program.runEagerly('go', { seed })]
      expect(Object.keys(recorded).length).toBeGreaterThan(2)
      for (const name of Object.keys(eager)) {
        const [a, b] = [recorded[name as 'y'], eager[name as 'y']]
        if (ROUNDED.has(kind)) expect([name, relativeError(a, b) < ROUNDING]).toEqual([name, true])
        else expect([name, bits(a) === bits(b)]).toEqual([name, true])
      }
    }
    program.dispose()
    Object.values(parts).forEach((variable) => variable.dispose())
  })
})
