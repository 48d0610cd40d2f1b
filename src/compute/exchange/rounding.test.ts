// Kernels stored with fewer bits: what is written is what the rounded network computes, and the files shrink.
import { join } from 'node:path'
import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LayerGraph } from '@shared/architecture/layer'
import { comparedWithTrained, comparePredictions } from '@shared/exchange/compare-predictions'
import { WEIGHT_PRECISIONS, type WeightPrecision } from '@shared/exchange/weight-precision'
import { tf } from '../tensorflow/backend'
import { FORMATS } from './formats'
import { predict } from './predict'
import { levelsOf, rounded } from './rounding'
import { exportBench, RANDOM } from './testing/round-trip'
import { graphOf, head, NETWORK, node, TRAPS } from './testing/traps'
import { writeExport } from './write-export'

const ROUNDED = WEIGHT_PRECISIONS.filter((precision) => precision !== 'float32')
const IMAGES = 6

let bench: Awaited<ReturnType<typeof exportBench>>
beforeAll(async () => {
  bench = await exportBench()
})
afterAll(() => bench.close())

async function roundTrip(format: 'tfjs' | 'tfjs-graph', graph: LayerGraph, weights: WeightPrecision) {
  await bench.writeWeights(graph)
  const folder = join(bench.folder, 'export')
  const job = { format, document: {}, graph, weights: bench.weights, folder, options: { weights }, metadata: {} }
  const files = await writeExport(job)
  const data = await bench.randomSplit(graph.input as [number, number, number], IMAGES)
  const inputs = { data, indices: Array.from({ length: IMAGES }, (_, i) => i), random: RANDOM }
  await tf.setBackend('tensorflow')
  const ours = await predict({ graph, weights: bench.weights, ...inputs, storedAs: weights })
  const trained = await predict({ graph, weights: bench.weights, ...inputs })
  const theirs = await FORMATS[format].predict!({ folder, ...inputs })
  const size = files.filter(({ name }) => name.endsWith('.bin')).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  return {
    size,
    manifest: await readFile(join(folder, 'model.json'), 'utf8'),
    proof: comparePredictions(ours, theirs, theirs.runtime),
    rounding: comparedWithTrained(trained, theirs, weights),
  }
}

describe.each(['tfjs', 'tfjs-graph'] as const)('rounded kernels of %s', (format) => {
  it.each(ROUNDED)('%s computes as the network rounded alike, and not as the trained one', async (precision) => {
    const { proof, rounding, manifest } = await roundTrip(format, NETWORK, precision)
    expect(proof).toMatchObject({ verdict: 'equal' })
    expect(proof.largestLogitDifference).toBeLessThan(1e-5)
    expect(rounding.largestLogitDifference).toBeGreaterThan(precision === 'uint16' ? 1e-7 : 1e-5)
    expect(rounding.largestLogitDifference).toBeLessThan(precision === 'uint8' ? 0.1 : 1e-2)
    expect(manifest).toContain(`"quantization":{"dtype":"${precision}"`)
  })

  it('holds for kernels that are written in another form: groups, dilation, depthwise', async () => {
    for (const title of [
      'groups, and a depthwise layer with a multiplier',
      'a dilated convolution with a stride, and a dilated depthwise one',
    ]) {
      const { proof } = await roundTrip(format, TRAPS[title]!, 'uint8')
      expect(proof).toMatchObject({ verdict: 'equal' })
      expect(proof.largestLogitDifference).toBeLessThan(1e-5)
    }
  })

  it('takes a quarter, or half, of the bytes', async () => {
    const wide = graphOf([4, 4, 3], [node('c', 'conv2d', { channels: 64 }, 'input'), ...head('c')])
    const whole = (await roundTrip(format, wide, 'float32')).size
    expect((await roundTrip(format, wide, 'uint8')).size / whole).toBeLessThan(0.3)
    expect((await roundTrip(format, wide, 'float16')).size / whole).toBeLessThan(0.55)
  })
})

describe('a rounded kernel', () => {
  const values = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true, min: -100, max: 100 }), { minLength: 1 })

  it('is off by at most half a level, keeps its zeros, and rounds to itself', () => {
    fc.assert(
      fc.property(values, fc.constantFrom('uint8', 'uint16'), (given, precision) => {
        const array = { name: 'a/kernel', shape: [given.length], values: Float32Array.from(given) }
        const once = rounded(array, precision)
        const { grid } = once
        if (grid === undefined || grid.dtype === 'float16') throw new Error('a grid was expected')
        array.values.forEach((value, i) => {
          // Moving zero onto a level moves both ends by at most half a level more.
          expect(Math.abs(value - once.values[i]!)).toBeLessThanOrEqual(1.001 * grid.scale + 1e-6)
          if (value === 0) expect(Math.abs(once.values[i]!)).toBe(0)
        })
        expect([...levelsOf(once.values, grid)]).toEqual([...levelsOf(array.values, grid)])
      }),
    )
  })

  it('alone is rounded: biases and statistics are as they were trained', () => {
    const bias = { name: 'a/bias', shape: [1], values: Float32Array.of(0.1234567) }
    expect(rounded(bias, 'uint8')).toBe(bias)
  })
})
