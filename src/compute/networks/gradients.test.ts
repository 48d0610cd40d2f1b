// Loss and gradients of every layer kind and every built-in block against the float64 reference. What this process's
// TensorFlow was started with decides which kernels are seen; bench:kernels runs the same with oneDNN off and on.
import { BUILT_IN_BLOCKS } from '@shared/architecture/blocks'
import { LAYER_KINDS } from '@shared/architecture/catalogue'
import { describe, expect, it } from 'vitest'
import { withDefect } from '../tensorflow/testing/with-defect'
import { auditGradients } from './testing/gradient-audit'
import { BLOCK_CASES } from './testing/block-cases'
import { KIND_CASES } from './testing/kind-cases'
import { trainBothWays } from './testing/recorded-training'

/** Roundings of float32 (6e-8) through a handful of layers, and through a block's normalisations over small batches. */
const [LOSS, KIND_SLOPE, BLOCK_SLOPE] = [1e-5, 1e-4, 1e-3]

describe('layer kinds', () => {
  it.each(KIND_CASES.map((entry) => [entry.title, entry] as const))('%s', (_, { graph }) => {
    const { lossError, slopeError, worst } = auditGradients(graph)
    expect(lossError).toBeLessThan(LOSS)
    expect([worst, slopeError]).toEqual([worst, expect.toSatisfy((error: number) => error < KIND_SLOPE)])
  })
})

describe('blocks', () => {
  it('has a case for each', () => {
    expect(new Set(BLOCK_CASES.map(({ block }) => block))).toEqual(new Set(BUILT_IN_BLOCKS.keys()))
  })
  it.each(BLOCK_CASES.map((entry) => [entry.title, entry] as const))('%s', (_, { graph }) => {
    const { lossError, slopeError, worst } = auditGradients(graph, { directions: 1 })
    expect(lossError).toBeLessThan(LOSS)
    expect([worst, slopeError]).toEqual([worst, expect.toSatisfy((error: number) => error < BLOCK_SLOPE)])
  })
})

describe('the audit', () => {
  const convolution = KIND_CASES.find(({ kind }) => kind === 'conv2d')!
  const pooling = KIND_CASES.find(({ kind }) => kind === 'average-pool')!
  it.each([
    ['Conv2D', convolution],
    ['Conv2DBackpropFilter', convolution],
    ['Conv2DBackpropInput', convolution],
    ['AvgPoolGrad', pooling],
    ['BiasAddGrad', convolution],
  ])('notices a %s that is off by 2 percent', (op, { graph }) => {
    const { lossError, slopeError } = withDefect(op, 1.02, () => auditGradients(graph))
    expect(Math.max(lossError, slopeError)).toBeGreaterThan(10 * KIND_SLOPE)
  })
})

/** Blocks and zoo networks, with every setting of oneDNN and threads: bench:kernels. */
describe('twenty recorded steps equal eager ones to the last bit', () => {
  const one = LAYER_KINDS.map((kind) => KIND_CASES.find((entry) => entry.kind === kind)!)
  it.each(one.map((entry) => [entry.title, entry.kind, entry.graph] as const))('%s', (_, kind, graph) => {
    // What oneDNN, where it is on, computes in sessions only (docs/decisions/016).
    const isExchanged = kind === 'max-pool' || kind === 'softmax'
    expect(['eager', ...(isExchanged ? ['eager with session kernels'] : [])]).toContain(trainBothWays(graph, 20).equals)
  })
})
