// A wrong weight is found at the layer that it belongs to, in every format whose files can be looked through.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LayerGraph, LayerNode, ParameterValues } from '@shared/architecture/layer'
import type { ExportFormat, ExportOptions } from '@shared/exchange/formats'
import { KIND_CASES } from '../networks/testing/kind-cases'
import { firstDifference } from './first-difference'
import { FORMATS } from './formats'
import { readRows } from '../data/split-data'
import { readArrayFile } from '../networks/array-file'
import { tf } from '../tensorflow/backend'
import { hasOnnxRuntime } from './testing/has-runtime'
import { exportBench, negateLargest } from './testing/round-trip'
import { trace } from './trace'
import { writeExport } from './write-export'

let bench: Awaited<ReturnType<typeof exportBench>>
beforeAll(async () => {
  bench = await exportBench()
})
afterAll(() => bench.close())

const node = (id: string, kind: string, parameters: ParameterValues, ...inputs: string[]): LayerNode => ({
  id,
  kind,
  parameters,
  inputs,
})
const graph: LayerGraph = {
  input: [6, 5, 3],
  nodes: [
    node('stem', 'conv2d', { channels: 4, bias: true }, 'input'),
    node('stage/1.conv', 'conv2d', { channels: 4 }, 'stem'),
    node('stage/1.norm', 'batch-norm', {}, 'stage/1.conv'),
    node('pool', 'average-pool', { countPadding: true, ceil: true }, 'stage/1.norm'),
    node('deep', 'conv2d', { channels: 4 }, 'pool'),
    node('flat', 'flatten', {}, 'deep'),
    node('scores', 'dense', { features: 3 }, 'flat'),
  ],
  output: 'scores',
}

async function traced(network: LayerGraph, format: ExportFormat, options: ExportOptions) {
  await bench.writeWeights(network)
  const folder = join(bench.folder, format)
  const { weights } = bench
  await writeExport({ format, document: {}, graph: network, weights, folder, options, metadata: {} })
  const data = await bench.randomSplit(network.input as [number, number, number], 3)
  const trained = join(bench.folder, 'values')
  // Both runtimes share one tfjs-core in this process.
  await tf.setBackend('tensorflow')
  await trace({ graph: network, weights, data, index: 2, file: trained })
  return { format, folder, data, index: 2, trained, tolerance: 1e-4 }
}

const CASES: readonly (readonly [ExportFormat, ExportOptions, string])[] = [
  ['tfjs', {}, 'group1-shard1of1.bin'],
  ...(hasOnnxRuntime
    ? ([
        ['onnx', { externalDataAbove: 0 }, 'model.onnx.data'],
        ['onnx', { externalDataAbove: 0, inputLayout: 'nhwc', softmax: false }, 'model.onnx.data'],
        ['onnx', {}, 'model.onnx'],
        ['onnx', { fuseBatchNorm: true }, 'model.onnx'],
      ] as const)
    : []),
]

describe.each(CASES)('an export as %s %j', (format, options, file) => {
  it('that is right differs nowhere, and one with a wrong weight at its layer', async () => {
    const wide = {
      ...graph,
      nodes: graph.nodes.map((n) => (n.id === 'deep' ? { ...n, parameters: { channels: 8 } } : n)),
    }
    const job = await traced(wide, format, options)
    expect(await firstDifference(job)).toBeNull()
    const place = join(job.folder, file)
    const whole = await readFile(place)
    await negateLargest(place, bench.weights, 'deep/kernel')
    const found = await firstDifference(job)
    await writeFile(place, whole)
    expect(found?.layer).toBe('deep')
    expect(found!.difference).toBeGreaterThan(0.01)
  })
})

describe.skipIf(!hasOnnxRuntime)('values of an ONNX export (optional package)', () => {
  it('are those of the trained network for nearly every layer kind', async () => {
    let compared = 0
    for (const { graph: network } of KIND_CASES) {
      const job = await traced(network, 'onnx', {})
      expect(await firstDifference(job)).toBeNull()
      const { images, shape } = await readRows(job.data, [job.index])
      const { arrays } = await readArrayFile(job.trained)
      const nodes = arrays.map(({ name }) => name)
      const theirs = await FORMATS.onnx.values!({ folder: job.folder, pixels: images, shape, nodes })
      if (theirs.has('stage/1.under')) compared++
    }
    // What is no value of its own: flatten, dropout, stochastic depth, identity, splits, and softmax's kin do not count.
    expect(compared).toBeGreaterThan(KIND_CASES.length - 12)
  })
})
