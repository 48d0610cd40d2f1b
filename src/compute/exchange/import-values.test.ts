// What is exported and imported again answers the same, for every layer kind and block; and networks of other programs answer here what
// they answer there (tests/fixtures/foreign/make.py).
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { graphDocument, type ArchitectureDocument } from '@shared/architecture/document'
import { zooDocument } from '@shared/architecture/document/zoo-document'
import { BUILT_IN_BLOCKS } from '@shared/architecture/blocks'
import { prepareArchitecture } from '@shared/architecture/prepared'
import type { LayerGraph } from '@shared/architecture/layer'
import type { ExportFormat, ExportOptions } from '@shared/exchange/formats'
import { readNetwork, type ReadFile } from '@node/networks/read-network'
import expected from '../../../tests/fixtures/foreign/expected.json'
import { BLOCK_CASES } from '../networks/testing/block-cases'
import { KIND_CASES } from '../networks/testing/kind-cases'
import { writeImportedWeights } from './imported-weights'
import { predict } from './predict'
import { exportBench, RANDOM } from './testing/round-trip'
import { writeExport } from './write-export'

/** Of the largest score: float32 sums in another order, and products that are folded into a normalisation. */
const TOLERANCE = 1e-5

let bench: Awaited<ReturnType<typeof exportBench>>
let folder: string
beforeAll(async () => {
  bench = await exportBench()
  folder = await mkdtemp(path.join(tmpdir(), 'imports-'))
})
afterAll(async () => {
  await bench.close()
  await rm(folder, { recursive: true })
})

type Rows = readonly (readonly (number | null)[])[]

function difference(a: Rows, b: Rows): number {
  const [all, other] = [a.flat().map(Number), b.flat().map(Number)]
  const largest = Math.max(...all.map(Math.abs), 1e-6)
  return Math.max(...all.map((value, i) => Math.abs(value - (other[i] ?? NaN)))) / largest
}

async function scoresOf(read: ReadFile, data: Awaited<ReturnType<typeof bench.randomSplit>>): Promise<Rows> {
  const weights = path.join(folder, 'imported.weights')
  const written = await writeImportedWeights(read, weights)
  expect(written?.missing).toEqual([])
  const { logits, randomLogits } = await predict({
    graph: read.graph,
    weights,
    data,
    indices: [0, 1, 2],
    random: RANDOM,
  })
  return [...logits, ...randomLogits]
}

async function thereAndBack(
  graph: LayerGraph,
  format: ExportFormat,
  options: Partial<ExportOptions> = {},
  document: ArchitectureDocument | { name: string } = { name: 'no document' },
) {
  await bench.writeWeights(graph)
  const target = path.join(folder, 'export')
  await rm(target, { recursive: true, force: true })
  await writeExport({
    format,
    document,
    graph,
    weights: bench.weights,
    folder: target,
    options: options as ExportOptions,
    metadata: {},
  })
  const data = await bench.randomSplit(graph.input as [number, number, number], 3)
  const ours = await predict({ graph, weights: bench.weights, data, indices: [0, 1, 2], random: RANDOM })
  const read = await readNetwork(path.join(target, format === 'onnx' ? 'model.onnx' : 'model.json'))
  expect(read.problems).toEqual([])
  return { read, off: difference([...ours.logits, ...ours.randomLogits], await scoresOf(read, data)) }
}

/** A rounded-up average whose padding is counted is an average and a product per position, which is no layer. */
const isCorrected = ({ nodes }: LayerGraph): boolean =>
  nodes.some(
    ({ kind, parameters }) =>
      kind === 'average-pool' && parameters['ceil'] === true && parameters['countPadding'] === true,
  )

describe('import of what was exported', () => {
  const cases = [...KIND_CASES, ...BLOCK_CASES].map(({ title, graph }) => [title, graph] as const)

  it.each(cases.filter(([, graph]) => !isCorrected(graph)))('as ONNX, by its operators: %s', async (_, graph) => {
    expect((await thereAndBack(graph, 'onnx')).off).toBeLessThan(TOLERANCE)
  })

  it.each(cases)('as a tfjs layers model, with its design: %s', async (_, graph) => {
    const document = graphDocument({ name: 'case', classes: 3, graph })
    const { off } = await thereAndBack(prepareArchitecture(document, BUILT_IN_BLOCKS).graph, 'tfjs', {}, document)
    expect(off).toBeLessThan(TOLERANCE)
  })

  it.each([
    ['nhwc, scores', { inputLayout: 'nhwc', softmax: false }],
    ['weights apart', { externalDataAbove: 0 }],
    ['fused', { fuseBatchNorm: true }],
  ] as const)('of resnet18 as ONNX, %s', async (_, options) => {
    const document = zooDocument('resnet18', { input: [32, 32, 3], classes: 3 })
    const { graph } = prepareArchitecture(document, BUILT_IN_BLOCKS)
    const held = 'fuseBatchNorm' in options ? { name: 'none' } : document
    const { read, off } = await thereAndBack(graph, 'onnx', options, held)
    expect(off).toBeLessThan(TOLERANCE)
    if (held === document) expect(read.document).toEqual(document)
  })
})

describe('import of networks of other programs', () => {
  const [HEIGHT, WIDTH] = [12, 10]
  const pixels = Uint8Array.from({ length: 4 * HEIGHT * WIDTH * 3 }, (_, i) => (i * 7919) % 251)
  const names = [
    ...['mixed.keras', 'mixed.h5', 'nested.keras', 'nested.h5'].map(
      (file) => [file, file.split('.')[0] ?? ''] as const,
    ),
    ...Object.keys(expected.scores)
      .filter((name) => name.endsWith('.onnx'))
      .map((name) => [name, name] as const),
  ]

  it.each(names)('%s answers what it answers there', async (file, name) => {
    const images = path.join(folder, 'images.u8')
    const labels = path.join(folder, 'labels.u8')
    await writeFile(images, pixels)
    await writeFile(labels, new Uint8Array(4))
    const read = await readNetwork(path.join(__dirname, '../../../tests/fixtures/foreign', file))
    expect(read.problems).toEqual([])
    const weights = path.join(folder, 'imported.weights')
    expect((await writeImportedWeights(read, weights))?.missing).toEqual([])
    const data = {
      images,
      labels,
      count: 4,
      shape: [HEIGHT, WIDTH, 3] as [number, number, number],
      classes: 3,
      mean: [],
      deviation: [],
    }
    const { logits } = await predict({
      graph: read.graph,
      weights,
      data,
      indices: [0, 1, 2, 3],
      random: { count: 0, seed: 1 },
    })
    expect(difference((expected.scores as unknown as Record<string, Rows>)[name] ?? [], logits)).toBeLessThan(TOLERANCE)
  })

  it('a configuration of Keras alone has the layers and no values', async () => {
    const read = await readNetwork(path.join(__dirname, '../../../tests/fixtures/foreign/mixed-keras.json'))
    const { arrays, missing } = read.values()
    expect(arrays).toEqual([])
    expect(missing).toContain('stem.conv')
    expect(await readFile(read.file, 'utf8')).toContain('Functional')
  })
})
