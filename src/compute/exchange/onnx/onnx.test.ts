// What only ONNX has: its options, files of weights beside the model. Every layer kind and trap is in conformance.test.ts.
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LayerGraph } from '@shared/architecture/layer'
import { comparePredictions } from '@shared/exchange/compare-predictions'
import type { OnnxOptions } from '@shared/exchange/onnx/options'
import { KIND_CASES } from '../../networks/testing/kind-cases'
import type { NamedArray } from '../../networks/weights'
import { predict } from '../predict'
import { hasOnnxRuntime } from '../testing/has-runtime'
import { exportBench, RANDOM } from '../testing/round-trip'
import { NETWORK, TRAPS } from '../testing/traps'
import { writeExport } from '../write-export'
import { predictOnnx } from './predict'

/** Float32 sums in another order; measured below 1e-6 on these small networks. */
const TOLERANCE = 1e-5

let bench: Awaited<ReturnType<typeof exportBench>>
beforeAll(async () => {
  bench = await exportBench()
})
afterAll(() => bench.close())

interface Trip {
  readonly options?: Partial<OnnxOptions>
  readonly images?: number
  readonly change?: (array: NamedArray) => NamedArray
}

async function write(graph: LayerGraph, { options = {}, change }: Trip = {}) {
  await bench.writeWeights(graph, change)
  const target = join(bench.folder, 'export')
  const files = await writeExport({
    format: 'onnx',
    document: { name: 'a document' },
    graph,
    weights: bench.weights,
    folder: target,
    options,
    metadata: { classes: ['a', 'b', 'ç'], writtenBy: 'GPT-NAS Workbench 0' },
  })
  return { files, target }
}

async function roundTrip(graph: LayerGraph, trip: Trip = {}) {
  const { files, target } = await write(graph, trip)
  const count = trip.images ?? 6
  const data = await bench.randomSplit(graph.input as [number, number, number], count)
  const job = { data, indices: Array.from({ length: count }, (_, i) => i), random: RANDOM }
  const ours = await predict({ graph, weights: bench.weights, ...job })
  const theirs = await predictOnnx({ folder: target, ...job })
  return { files, target, ours, theirs, job, proof: comparePredictions(ours, theirs, theirs.runtime) }
}

describe.skipIf(!hasOnnxRuntime)('options of an ONNX export, in onnxruntime (optional package)', () => {
  const CHOICES: readonly Partial<OnnxOptions>[] = [
    { inputLayout: 'nhwc' },
    { preprocessing: false },
    { preprocessing: false, inputLayout: 'nhwc' },
    { softmax: false },
    { fuseBatchNorm: true },
    { externalDataAbove: 0 },
    { inputLayout: 'nhwc', fuseBatchNorm: true, externalDataAbove: 0, softmax: false },
  ]
  it.each(CHOICES.map((choice) => [JSON.stringify(choice), choice] as const))('%s', async (_, options) => {
    const { proof, target } = await roundTrip(NETWORK, { options })
    expect(proof).toMatchObject({ verdict: 'equal' })
    expect(proof.largestLogitDifference).toBeLessThan(TOLERANCE)
    const metadata = JSON.parse(await readFile(join(target, 'metadata.json'), 'utf8')) as Record<string, unknown>
    expect(metadata).toMatchObject({ format: 'onnx', options })
  })

  it('float16 keeps the predictions and halves the file', async () => {
    const wide = {
      ...NETWORK,
      nodes: NETWORK.nodes.map((n) => (n.id === 'wide' ? { ...n, parameters: { features: 400 } } : n)),
    }
    const whole = await roundTrip(wide)
    const { ours, theirs, files } = await roundTrip(wide, { options: { precision: 'float16' } })
    const size = (all: typeof files): number => all.find(({ name }) => name === 'model.onnx')!.sizeBytes
    expect(size(files)).toBeLessThan(0.6 * size(whole.files))
    const largest = Math.max(...ours.logits.flat().map((value) => Math.abs(value!)))
    const differences = ours.logits.flatMap((row, i) => row.map((value, j) => Math.abs(value! - theirs.logits[i]![j]!)))
    expect(Math.max(...differences) / largest).toBeLessThan(5e-3)
    expect(Math.max(...differences)).toBeGreaterThan(0)
  })

  it('float16 refuses a weight that it cannot hold, by name', async () => {
    const loud = (array: NamedArray): NamedArray =>
      array.name === 'scores/kernel' ? { ...array, values: array.values.map(() => 1e5) } : array
    await expect(write(NETWORK, { options: { precision: 'float16' }, change: loud })).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining('scores.weight holds 100000') as string,
    })
  })

  it('weights in a file of their own are missed by name when the model is moved away from them', async () => {
    const { target, job } = await roundTrip(NETWORK, { options: { externalDataAbove: 0 } })
    const data = join(target, 'model.onnx.data')
    await rename(data, join(bench.folder, 'elsewhere'))
    await expect(predictOnnx({ folder: target, ...job })).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining('model.onnx.data') as string,
    })
    await rename(join(bench.folder, 'elsewhere'), data)
  })
})

describe.skipIf(!hasOnnxRuntime)('traps of an ONNX export, in onnxruntime (optional package)', () => {
  it.each(Object.entries(TRAPS))('%s, fused and with the channels last', async (_, graph) => {
    const { proof } = await roundTrip(graph, { options: { inputLayout: 'nhwc', fuseBatchNorm: true } })
    expect(proof).toMatchObject({ verdict: 'equal' })
    expect(proof.largestLogitDifference).toBeLessThan(TOLERANCE)
  })

  it('one wrong weight is found that the softmax hides', async () => {
    const loud = (array: NamedArray): NamedArray =>
      array.name === 'scores/kernel' ? { ...array, values: array.values.map((value) => 1e5 * value) } : array
    const options = { externalDataAbove: 0 }
    const { graph } = KIND_CASES[0]!
    const { target, ours, job, proof } = await roundTrip(graph, { options, change: loud })
    expect(proof).toMatchObject({ verdict: 'equal' })
    const file = join(target, 'model.onnx.data')
    const whole = await readFile(file)
    const values = new Float32Array(new Uint8Array(whole).buffer)
    const largest = values.reduce((at, value, i) => (Math.abs(value) > Math.abs(values[at]!) ? i : at), 0)
    values[largest] = values[largest]! * 1.01
    await writeFile(file, values)
    const wrong = await predictOnnx({ folder: target, ...job })
    await writeFile(file, whole)
    expect(comparePredictions(ours, wrong, '')).toMatchObject({ verdict: 'different' })
  })
})

describe('an ONNX export', () => {
  it('is refused for the weights of another network', async () => {
    await write(KIND_CASES[0]!.graph)
    const { graph } = KIND_CASES.find(({ kind }) => kind === 'batch-norm')!
    const job = { format: 'onnx', document: {}, graph, weights: bench.weights, metadata: {} } as const
    await expect(writeExport({ ...job, folder: join(bench.folder, 'other') })).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining('stage/1.under/gamma') as string,
    })
  })

  it('is refused with an option that it does not have', async () => {
    await expect(write(NETWORK, { options: { opset: 9 } as Partial<OnnxOptions> })).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining('opset') as string,
    })
  })
})
