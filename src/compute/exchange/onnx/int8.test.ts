// Static quantisation: what is stored, how near it comes, and that padding and ranges are what they should be.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LayerGraph } from '@shared/architecture/layer'
import { INT8_CLOSENESS } from '@shared/exchange/closeness'
import { comparePredictions } from '@shared/exchange/compare-predictions'
import { decodeModel, INT8 } from '@shared/exchange/onnx/proto'
import { predict } from '../predict'
import { hasOnnxRuntime } from '../testing/has-runtime'
import { exportBench, RANDOM } from '../testing/round-trip'
import { graphOf, head, NETWORK, node, TRAPS } from '../testing/traps'
import { writeExport } from '../write-export'
import { predictOnnx } from './predict'
import { roundedNodes, scaleOf } from './quantise'

let bench: Awaited<ReturnType<typeof exportBench>>
beforeAll(async () => {
  bench = await exportBench()
})
afterAll(() => bench.close())

const IMAGES = 24

async function write(graph: LayerGraph, options: Record<string, string | boolean>) {
  await bench.writeWeights(graph)
  const data = await bench.randomSplit(graph.input as [number, number, number], IMAGES)
  const indices = join(bench.folder, 'indices')
  await writeFile(indices, Buffer.from(Int32Array.from({ length: IMAGES }, (_, i) => i).buffer))
  const folder = join(bench.folder, 'export')
  const job = { format: 'onnx', document: {}, graph, weights: bench.weights, folder, options, metadata: {} } as const
  const files = await writeExport({ ...job, calibration: { data, indices } })
  const bytes = await readFile(join(folder, 'model.onnx'))
  return { data, folder, files, model: decodeModel(bytes) }
}

async function roundTrip(graph: LayerGraph) {
  const { data, folder, model, files } = await write(graph, { precision: 'int8' })
  const inputs = { data, indices: Array.from({ length: IMAGES }, (_, i) => i), random: RANDOM }
  const ours = await predict({ graph, weights: bench.weights, ...inputs })
  const theirs = await predictOnnx({ folder, ...inputs })
  const largest = Math.max(...ours.logits.flat().map((value) => Math.abs(value!)))
  const apart = ours.logits.flatMap((row, i) => row.map((value, j) => Math.abs(value! - theirs.logits[i]![j]!)))
  const proof = comparePredictions(ours, theirs, theirs.runtime, INT8_CLOSENESS)
  return { model, files, proof, difference: Math.max(...apart) / largest }
}

describe.skipIf(!hasOnnxRuntime)('int8 in onnxruntime (optional package)', () => {
  it.each([
    ['a network with every kind of weight', NETWORK],
    ...Object.entries(TRAPS).filter(([title]) => /SAME|groups|dense weights|padded maximum|two layers/.test(title)),
  ] as const)('%s comes within some hundredths of the largest score, and is not the same', async (_, graph) => {
    const { model, difference } = await roundTrip(graph)
    expect(difference).toBeLessThan(0.08)
    expect(difference).toBeGreaterThan(1e-6)
    const weights = model.graph.initializer.filter(({ dataType, dims }) => dataType === INT8 && dims.length > 1)
    const layers = graph.nodes.filter(({ kind }) => /conv2d|dense/.test(kind))
    expect(weights).toHaveLength(layers.length)
  })

  it('takes about a quarter of the bytes', async () => {
    const wide = graphOf([4, 4, 3], [node('c', 'conv2d', { channels: 256 }, 'input'), ...head('c')])
    const size = ({ files }: Awaited<ReturnType<typeof write>>): number =>
      files.find(({ name }) => name === 'model.onnx')!.sizeBytes
    const whole = size(await write(wide, { precision: 'float32' }))
    expect(size(await write(wide, { precision: 'int8' })) / whole).toBeLessThan(0.35)
  })

  it('fails its proof where accuracy falls by more than a point, whatever the scores', () => {
    const logits = Array.from({ length: 100 }, () => [1, 0.99])
    const labels = logits.map(() => 0)
    const turned = logits.map((row, i) => (i < 2 ? [0.99, 1] : row))
    const trained = { logits: logits.map((row, i) => (i % 2 ? row : [-1, -2])), labels, randomLogits: [] }
    const probabilities = logits.map(() => [0.5, 0.5])
    const exported = {
      ...trained,
      logits: trained.logits.map((row, i) => (i < 4 && i % 2 ? turned[0]! : row)),
      probabilities,
    }
    expect(comparePredictions(trained, exported, 'x', INT8_CLOSENESS).verdict).toBe('different')
    expect(comparePredictions(trained, { ...trained, probabilities }, 'x', INT8_CLOSENESS).verdict).toBe('equal')
  })
})

describe('int8', () => {
  it('is refused without images that ranges are taken of', async () => {
    await bench.writeWeights(NETWORK)
    const options = { precision: 'int8' }
    const job = { format: 'onnx', document: {}, graph: NETWORK, weights: bench.weights, options, metadata: {} } as const
    await expect(writeExport({ ...job, folder: join(bench.folder, 'none') })).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining('needs images') as string,
    })
  })

  it('has zero as a level, so that padding stays zero', () => {
    for (const range of [
      [-3.7, 9.1],
      [2, 5],
      [-4, -1],
      [0, 0],
    ] as const) {
      const { scale, zero } = scaleOf(range)
      expect(zero).toBeGreaterThanOrEqual(0)
      expect(zero).toBeLessThanOrEqual(255)
      expect(scale).toBeGreaterThan(0)
    }
  })

  it('rounds what layers with weights read, and never the scores', () => {
    const rounded = roundedNodes(
      graphOf([4, 4, 3], [node('c', 'conv2d', {}, 'input'), node('r', 'relu', {}, 'c'), ...head('r')]),
    )
    expect([...rounded].sort()).toEqual(['input', 'r'])
  })
})
