import { readdir, rm, writeFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as plain from '@tensorflow/tfjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { comparePredictions } from '@shared/exchange/compare-predictions'
import type { LayerGraph } from '@shared/architecture/layer'
import { buildNetwork } from '../../networks/network'
import { KIND_CASES } from '../../networks/testing/kind-cases'
import { weightsFrom, type NamedArray } from '../../networks/weights'
import { tf } from '../../tensorflow/backend'
import { predict } from '../predict'
import { DEVIATION, exportBench, MEAN, RANDOM, trainedLike } from '../testing/round-trip'
import { writeExport } from '../write-export'
import { blockDiagonal } from '../kernels'
import { layersModel } from './layers-model'
import { predictTfjsLayers } from './predict'

/** Float32 sums in another order; measured 1e-7 on these small networks. */
const TOLERANCE = 1e-5

let bench: Awaited<ReturnType<typeof exportBench>>
beforeAll(async () => {
  bench = await exportBench()
})
afterAll(() => bench.close())

async function roundTrip(
  graph: LayerGraph,
  shape: readonly [number, number, number],
  change?: (array: NamedArray) => NamedArray,
) {
  const { folder, weights } = bench
  await bench.writeWeights(graph, change)
  const data = await bench.randomSplit(shape, 6)
  const indices = [0, 1, 2, 3, 4, 5]
  const target = join(folder, 'export')
  const files = await writeExport({
    format: 'tfjs',
    document: {},
    graph,
    weights,
    folder: target,
    metadata: { classes: ['a', 'b', 'c'] },
  })
  // Both runtimes share one tfjs-core in this process; the proof itself runs in a process of its own.
  await tf.setBackend('tensorflow')
  const ours = await predict({ graph, weights, data, indices, random: RANDOM })
  const theirs = await predictTfjsLayers(plain, { folder: target, data, indices, random: RANDOM })
  return { files, ours, theirs, target, data, indices }
}

describe('a network whose probabilities are saturated', () => {
  const { graph } = KIND_CASES[0]!

  it('is proven by its scores, and one wrong weight is found that the softmax hides', async () => {
    const loud = (array: NamedArray): NamedArray =>
      array.name === 'scores/kernel' ? { ...array, values: array.values.map((value) => 1e5 * value) } : array
    const { ours, theirs, target, data, indices } = await roundTrip(graph, [7, 6, 4], loud)
    expect(comparePredictions(ours, theirs, '')).toMatchObject({ verdict: 'equal' })
    const shard = join(target, 'group1-shard1of1.bin')
    const whole = await readFile(shard)
    const values = new Float32Array(new Uint8Array(whole).buffer)
    const largest = values.reduce((at, value, i) => (Math.abs(value) > Math.abs(values[at]!) ? i : at), 0)
    values[largest] = values[largest]! * 1.01
    await writeFile(shard, values)
    const wrong = await predictTfjsLayers(plain, { folder: target, data, indices, random: RANDOM })
    // A changed export is somebody's file: none would be written over it.
    await writeFile(shard, whole)
    const proof = comparePredictions(ours, wrong, '')
    expect(proof.largestDifference).toBeLessThan(1e-6)
    expect(proof.samePredictions).toBe(6)
    expect(proof.verdict).toBe('different')
  })

  it('cannot be told where one score drowns the others', async () => {
    const { ours, theirs } = await roundTrip(
      {
        ...graph,
        nodes: graph.nodes.map((node) =>
          node.id === 'scores' ? { ...node, parameters: { features: 3, bias: true } } : node,
        ),
      },
      [7, 6, 4],
      (array) => (array.name === 'scores/bias' ? { ...array, values: Float32Array.of(1e6, 0, 0) } : array),
    )
    expect(comparePredictions(ours, theirs, '')).toMatchObject({ verdict: 'cannot-tell', largestDifference: 0 })
  })
})

describe('grouped kernels', () => {
  it('are block-diagonal: output o sees only the inputs of its group', () => {
    const kernel = { shape: [1, 1, 2, 4], values: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8) }
    const { shape, values } = blockDiagonal(kernel, 2)
    expect(shape).toEqual([1, 1, 4, 4])
    expect([...values]).toEqual([1, 2, 0, 0, 5, 6, 0, 0, 0, 0, 3, 4, 0, 0, 7, 8])
  })

  it('become one convolution per group where the block-diagonal kernel would be large', async () => {
    const graph: LayerGraph = {
      input: [3, 3, 2],
      nodes: [
        { id: 'wide', kind: 'conv2d', parameters: { channels: 512, kernel: [1, 1] }, inputs: ['input'] },
        {
          id: 'grouped',
          kind: 'conv2d',
          parameters: { channels: 512, kernel: [3, 3], groups: 4, bias: true },
          inputs: ['wide'],
        },
        { id: 'mean', kind: 'global-average-pool', parameters: {}, inputs: ['grouped'] },
        { id: 'flat', kind: 'flatten', parameters: {}, inputs: ['mean'] },
        { id: 'scores', kind: 'dense', parameters: { features: 3 }, inputs: ['flat'] },
      ],
      output: 'scores',
    }
    const topology = layersModel(buildNetwork(graph), weightsFrom(trainedLike(graph, 1)), {
      mean: [0, 0],
      deviation: [1, 1],
    })
    expect(topology.weights.filter(({ name }) => /group\d\/kernel/.test(name)).map(({ shape }) => shape)).toEqual(
      Array(4).fill([3, 3, 128, 128]),
    )
    const { ours, theirs } = await roundTrip(graph, [3, 3, 2])
    expect(comparePredictions(ours, theirs, '').largestDifference).toBeLessThan(TOLERANCE)
  })

  it('never rely on options that stock layers ignore', () => {
    for (const { graph } of KIND_CASES) {
      const { json } = layersModel(buildNetwork(graph), weightsFrom(trainedLike(graph, 1)), {
        mean: MEAN,
        deviation: DEVIATION,
      })
      expect(JSON.stringify(json)).not.toMatch(/"groups"|"dilation_rate":\[(?!1,1\])/)
    }
  })
})

describe('written files', () => {
  const { graph } = KIND_CASES[0]!

  it('replace an older export as a whole and leave nothing beside it', async () => {
    await roundTrip(KIND_CASES[1]!.graph, [7, 6, 4])
    const { files, target } = await roundTrip(graph, [7, 6, 4])
    expect((await readdir(target)).sort()).toEqual(files.map(({ name }) => name).sort())
    expect((await readdir(bench.folder)).filter((name) => /part|replaced/.test(name))).toEqual([])
    const metadata = JSON.parse(await readFile(join(target, 'metadata.json'), 'utf8')) as Record<string, unknown>
    expect(metadata).toMatchObject({ classes: ['a', 'b', 'c'], input: { shape: [7, 6, 4], range: [0, 255] } })
  })

  it('are cut into shards that load again', async () => {
    const large: LayerGraph = {
      input: [4, 4, 3],
      nodes: [
        { id: 'flat', kind: 'flatten', parameters: {}, inputs: ['input'] },
        { id: 'wide', kind: 'dense', parameters: { features: 30_000 }, inputs: ['flat'] },
        { id: 'scores', kind: 'dense', parameters: { features: 3 }, inputs: ['wide'] },
      ],
      output: 'scores',
    }
    const { files, ours, theirs } = await roundTrip(large, [4, 4, 3])
    expect(files.filter(({ name }) => name.endsWith('of2.bin'))).toHaveLength(2)
    // 30,000 summands: their order shows more.
    expect(comparePredictions(ours, theirs, '').largestDifference).toBeLessThan(1e-4)
  })

  it('are refused for weights of another network', async () => {
    const { graph: other } = KIND_CASES.find(({ kind }) => kind === 'batch-norm')!
    await roundTrip(graph, [7, 6, 4])
    const wrong = writeExport({
      format: 'tfjs',
      document: {},
      graph: other,
      weights: bench.weights,
      folder: join(bench.folder, 'other'),
      metadata: {},
    })
    await expect(wrong).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining('stage/1.under/gamma') as string,
    })
  })

  it('are refused, not guessed, when a shard is missing', async () => {
    const { target } = await roundTrip(graph, [7, 6, 4])
    await rm(join(target, 'group1-shard1of1.bin'))
    const data = await bench.randomSplit([7, 6, 4], 2)
    await expect(
      predictTfjsLayers(plain, { folder: target, data, indices: [0], random: RANDOM }),
    ).rejects.toMatchObject({
      code: 'not-found',
    })
  })
})
