// Every kind of kernel, forward and backward, recorded against eager: bit for bit, so that no optimisation of the graph goes unnoticed. What
// TensorFlow runs by other kernels in sessions is named, and equal bit for bit to those. Channels divide by 4 and by 16, where oneDNN's fusions and blocked layouts begin.
import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { describe, expect, it } from 'vitest'
import { createRandom } from '@shared/random'
import { tf, type Scalar, type Tensor, type Tensor1D, type Tensor2D, type Tensor4D, type Variable } from '../backend'
import type { TensorValues } from '../binding'
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
import { withSessionKernels } from '../testing/session-kernels'
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
  'a sum of four and its gradients': ({ x }) => tf.add(tf.add(tanh(x), sigmoid(x)), tf.add(gelu(x), silu(x))),
  'products with numbers': ({ x, gamma }) => tf.mul(tf.mul(tf.mul(x, 0.3), gamma), tf.mul(x, 1 / 7)),
  differences: ({ x, gamma }) => tf.sub(tf.sub(gamma, tf.sub(x, 0.1)), tf.sub(tf.add(x, 3), 0.7)),
  quotients: ({ x, gamma }) => tf.div(tf.div(gamma, tf.add(x, 3)), tf.add(gamma, 2)),
  dropout: ({ x }, seed) => dropout(x, 0.3, seed),
  'stochastic depth': ({ x }, seed) => stochasticDepth(x, 0.5, seed),
}

/** Kinds that contain what oneDNN, where it is on, computes in sessions only (testing/session-kernels.ts). */
const EXCHANGED = new Set(['softmax', 'attention', 'maximum pooling'])

const bitsOf = (values: Readonly<Record<string, TensorValues>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).map(([name, { buffer, byteOffset, byteLength }]) => [
      name,
      createHash('sha256')
        .update(new Uint8Array(buffer, byteOffset, byteLength))
        .digest('hex'),
    ]),
  )

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
      const recorded = bitsOf(program.run('go', { seed }))
      expect(Object.keys(recorded).length).toBeGreaterThan(2)
      const eager = bitsOf(program.runEagerly('go', { seed }))
      const isExchanged = EXCHANGED.has(kind) && !isDeepStrictEqual(recorded, eager)
      expect(recorded).toEqual(
        isExchanged ? withSessionKernels(() => bitsOf(program.runEagerly('go', { seed }))) : eager,
      )
    }
    program.dispose()
    Object.values(parts).forEach((variable) => variable.dispose())
  })
})
