// The GPT against an independent float64 forward, and the properties that make it a language model.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRandom } from '@shared/random'
import { elementCount } from '@shared/element-count'
import type { NamedArray } from '../../networks/weights'
import { scoped, tf, type Variable } from '../../tensorflow/backend'
import { relativeError } from '../../tensorflow/reference-convolution'
import { PAPER_SHAPE, gptHidden, gptLogits, gptParameters, lastPositions, type GptSizes } from './gpt'
import { countParameters, initialArrays, variablesOf, weightSource } from './parameters'
import { referenceLogits } from './testing/reference-gpt'

const sizes: GptSizes = { vocabulary: 23, window: 6, layers: 2, heads: 3, width: 12 }

/** Weights of every kind away from their initial values, so that a bias or gain that is left out shows. */
function drawnArrays(seed: number): NamedArray[] {
  const random = createRandom(seed)
  return gptParameters(sizes).map(({ name, shape, initial }) => ({
    name,
    shape,
    values: Float32Array.from(
      { length: elementCount(shape) },
      () => (initial === 'ones' ? 1 : 0) + (random.next() - 0.5) * 0.8,
    ),
  }))
}

describe('the GPT', () => {
  const arrays = drawnArrays(5)
  let variables: Map<string, Variable>
  beforeAll(() => {
    variables = variablesOf(arrays)
  })
  afterAll(() => tf.dispose([...variables.values()]))

  const logits = (tokens: readonly number[]): Float32Array =>
    scoped(() => {
      const weights = weightSource(variables)
      return gptLogits(gptHidden(tf.tensor1d([...tokens], 'int32'), weights, sizes), weights).dataSync<'float32'>()
    })
  const drawTokens = (count: number, seed: number): number[] => {
    const random = createRandom(seed)
    return Array.from({ length: count }, () => random.integer(sizes.vocabulary))
  }

  it('gives the logits of a plain float64 forward at every position', () => {
    const tokens = drawTokens(4 * sizes.window, 8)
    const expected = referenceLogits(tokens, new Map(arrays.map(({ name, values }) => [name, values])), sizes)
    expect(expected).toHaveLength(4 * sizes.window * sizes.vocabulary)
    expect(relativeError(logits(tokens), expected)).toBeLessThan(2e-6)
  })

  it('sees what is before a position and nothing behind it', () => {
    const tokens = drawTokens(sizes.window, 9)
    const before = logits(tokens)
    for (let changed = 0; changed < sizes.window; changed++) {
      const other = tokens.map((token, i) => (i === changed ? (token + 1) % sizes.vocabulary : token))
      const after = logits(other)
      for (let position = 0; position < sizes.window; position++) {
        const row = (values: Float32Array): number[] => [
          ...values.subarray(position * sizes.vocabulary, (position + 1) * sizes.vocabulary),
        ]
        if (position < changed) expect(row(after)).toEqual(row(before))
        else expect(row(after)).not.toEqual(row(before))
      }
    }
  })

  it('takes windows of a batch for themselves', () => {
    const [first, second] = [drawTokens(sizes.window, 1), drawTokens(sizes.window, 2)]
    const alone = logits(second)
    const together = logits([...first, ...second]).subarray(alone.length)
    expect(relativeError(together, Float64Array.from(alone))).toBeLessThan(1e-6)
  })

  it('hands out the last position of each window', () => {
    scoped(() => {
      const hidden = tf.range(0, 2 * sizes.window * sizes.width).reshape([2 * sizes.window, sizes.width])
      const last = lastPositions(hidden as Parameters<typeof lastPositions>[0], sizes)
      const rows = hidden.arraySync() as number[][]
      expect(last.arraySync()).toEqual([rows[sizes.window - 1], rows[2 * sizes.window - 1]])
    })
  })

  it('has the parameters that its sizes say, in preset paper too', () => {
    const { vocabulary: v, window: t, width: c, layers } = { ...PAPER_SHAPE, vocabulary: 146 }
    const perLayer = c * 3 * c + 3 * c + c * c + c + 2 * c + c * 4 * c + 4 * c + 4 * c * c + c + 2 * c
    expect(countParameters(gptParameters({ ...PAPER_SHAPE, vocabulary: v }))).toBe(v * c + t * c + layers * perLayer)
  })

  it('starts with N(0, 0.02) in its matrices, zero biases and unit gains, the same for the same seed', () => {
    const start = initialArrays(gptParameters({ ...PAPER_SHAPE, vocabulary: 146 }), 3)
    const again = initialArrays(gptParameters({ ...PAPER_SHAPE, vocabulary: 146 }), 3)
    expect(
      again.every(({ values }, i) => Buffer.from(values.buffer).equals(Buffer.from(start[i]!.values.buffer))),
    ).toBe(true)
    for (const { name, values } of start) {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length
      const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
      if (name.endsWith('/gain')) expect(values.every((value) => value === 1)).toBe(true)
      else if (name.endsWith('/bias')) expect(values.every((value) => value === 0)).toBe(true)
      // 1,280 draws in the smallest table: five standard errors of the deviation.
      else expect(Math.abs(deviation / 0.02 - 1), name).toBeLessThan(0.1)
    }
  })
})
