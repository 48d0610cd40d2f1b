// Every layer kind as ONNX in onnxruntime, beside the trained network; and the traps of writing ONNX, each by itself.
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LayerGraph, LayerNode, ParameterValues } from '@shared/architecture/layer'
import { comparePredictions } from '@shared/exchange/compare-predictions'
import type { OnnxOptions } from '@shared/exchange/onnx/options'
import { BLOCK_CASES } from '../../networks/testing/block-cases'
import { KIND_CASES } from '../../networks/testing/kind-cases'
import type { NamedArray } from '../../networks/weights'
import { predict } from '../predict'
import { hasOnnxRuntime } from '../testing/has-runtime'
import { exportBench, RANDOM } from '../testing/round-trip'
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

const node = (id: string, kind: string, parameters: ParameterValues, ...inputs: string[]): LayerNode => ({
  id,
  kind,
  parameters,
  inputs,
})

/** From a map to three scores, without an average that would hide where a value lies. */
const head = (from: string): LayerNode[] => [
  node('flat', 'flatten', {}, from),
  node('scores', 'dense', { features: 3 }, 'flat'),
]
const graphOf = (input: readonly [number, number, number], nodes: LayerNode[], output = 'scores'): LayerGraph => ({
  input,
  nodes,
  output,
})

describe.skipIf(!hasOnnxRuntime)('ONNX export of every layer kind, in onnxruntime (optional package)', () => {
  it.each(KIND_CASES.map((entry) => [entry.title, entry.graph] as const))('%s', async (_, graph) => {
    const { proof } = await roundTrip(graph)
    expect(proof.largestDifference).toBeLessThan(TOLERANCE)
    expect(proof.largestLogitDifference).toBeLessThan(TOLERANCE)
    // What does not depend on the image would pass anything.
    expect(proof.verdict).toBe(graph.nodes.some(({ kind }) => kind === 'zero') ? 'cannot-tell' : 'equal')
    expect(proof.runtime).toMatch(/^onnxruntime 1\.\d+\.\d+, cpu$/)
  })

  it.each(BLOCK_CASES.map((entry) => [entry.title, entry.graph] as const))('block %s', async (_, graph) => {
    const { proof } = await roundTrip(graph)
    expect(proof).toMatchObject({ verdict: 'equal' })
    expect(proof.largestLogitDifference).toBeLessThan(TOLERANCE)
  })
})

const NETWORK = graphOf(
  [9, 7, 3],
  [
    node('stem', 'conv2d', { channels: 6, stride: [2, 2], padding: 'same', bias: true }, 'input'),
    node('norm', 'batch-norm', {}, 'stem'),
    node('deep', 'depthwise-conv2d', { multiplier: 2 }, 'norm'),
    node('norm2', 'batch-norm', {}, 'deep'),
    node('act', 'hard-swish', {}, 'norm2'),
    node('wide', 'dense', { features: 8, bias: false }, 'f'),
    node('norm3', 'batch-norm', {}, 'wide'),
    node('scores', 'dense', { features: 3 }, 'norm3'),
  ].flatMap((each) => (each.id === 'wide' ? [node('f', 'flatten', {}, 'act'), each] : [each])),
)

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
  const TRAPS: Readonly<Record<string, LayerGraph>> = {
    'SAME at stride 2 pads odd sizes at the end': graphOf(
      [7, 9, 3],
      [node('c', 'conv2d', { channels: 4, stride: [2, 2], padding: 'same' }, 'input'), ...head('c')],
    ),
    'half padding at stride 2 pads even sizes on both sides': graphOf(
      [8, 6, 3],
      [node('c', 'conv2d', { channels: 4, stride: [2, 2], padding: 'half' }, 'input'), ...head('c')],
    ),
    'dense weights after a map of more than one position': graphOf([4, 3, 3], head('input')),
    'a flattened map that two layers read in two orders': graphOf(
      [4, 3, 3],
      [
        node('f', 'flatten', {}, 'input'),
        node('n', 'batch-norm', {}, 'f'),
        node('both', 'concatenate', {}, 'f', 'n'),
        node('s1', 'dense', { features: 3 }, 'f'),
        node('s2', 'dense', { features: 3 }, 'both'),
        node('scores', 'add', {}, 's1', 's2'),
      ],
    ),
    'softmax over the channels of a map': graphOf([3, 3, 4], [node('s', 'softmax', {}, 'input'), ...head('s')]),
    'one channel': graphOf([5, 5, 1], [node('c', 'conv2d', { channels: 2 }, 'input'), ...head('c')]),
    'a map of one position': graphOf(
      [1, 1, 3],
      [
        node('c', 'conv2d', { channels: 4, padding: 'same' }, 'input'),
        node('p', 'average-pool', { countPadding: true }, 'c'),
        node('m', 'max-pool', {}, 'p'),
        ...head('m'),
      ],
    ),
    'slashes, spaces, letters of other alphabets, and names that become equal': graphOf(
      [4, 4, 3],
      [
        node('a/b', 'conv2d', { channels: 3, bias: true }, 'input'),
        node('a b', 'conv2d', { channels: 3, bias: true }, 'a/b'),
        node('a_b', 'conv2d', { channels: 3, bias: true }, 'a b'),
        node('größe', 'relu', {}, 'a_b'),
        node('層', 'conv2d', { channels: 3 }, 'größe'),
        node('image', 'add', {}, '層', 'a/b'),
        node('probabilities', 'flatten', {}, 'image'),
        node('scalar.0', 'dense', { features: 3 }, 'probabilities'),
      ],
      'scalar.0',
    ),
    'an output that another layer reads too, and layers that lead nowhere': graphOf(
      [4, 4, 3],
      [...head('input'), node('after', 'softmax', {}, 'scores'), node('lost', 'dense', { features: 9 }, 'after')],
    ),
    'a softmax at the end, which is the option and not a second one': graphOf(
      [4, 4, 3],
      [...head('input'), node('p', 'softmax', {}, 'scores')],
      'p',
    ),
    'scores that are the flattened image itself': graphOf([1, 1, 3], [node('f', 'flatten', {}, 'input')], 'f'),
    'the same layer twice as input': graphOf(
      [4, 4, 3],
      [node('sum', 'add', {}, 'input', 'input', 'input'), ...head('sum')],
    ),
    'two splits of one map': graphOf(
      [3, 3, 4],
      [
        node('l', 'split', { parts: 2, part: 1 }, 'input'),
        node('r', 'split', { parts: 2, part: 0 }, 'input'),
        node('x', 'multiply', {}, 'l', 'r'),
        ...head('x'),
      ],
    ),
    '300 layers': graphOf(
      [6, 6, 3],
      [
        ...Array.from({ length: 75 }, (_, i): LayerNode[] => [
          node(`c${i}`, 'conv2d', { channels: 3 }, i === 0 ? 'input' : `s${i - 1}`),
          node(`n${i}`, 'batch-norm', {}, `c${i}`),
          node(`a${i}`, 'silu', {}, `n${i}`),
          node(`s${i}`, 'add', {}, `a${i}`, i === 0 ? 'input' : `s${i - 1}`),
        ]).flat(),
        ...head('s74'),
      ],
    ),
  }
  it.each(Object.entries(TRAPS))('%s', async (_, graph) => {
    for (const options of [{}, { inputLayout: 'nhwc', fuseBatchNorm: true } as const]) {
      const { proof } = await roundTrip(graph, { options })
      expect(proof).toMatchObject({ verdict: 'equal' })
      expect(proof.largestLogitDifference).toBeLessThan(TOLERANCE)
    }
  })

  it.each([1, 65])('%i images: the batch is free', async (images) => {
    expect((await roundTrip(NETWORK, { images })).proof).toMatchObject({ verdict: 'equal', images })
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
  it('of more than 2 GiB of weights is refused with the reason, before the weights are read', async () => {
    const graph = graphOf(
      [120, 120, 3],
      [
        node('f', 'flatten', {}, 'input'),
        node('wide', 'dense', { features: 13_000 }, 'f'),
        node('scores', 'dense', { features: 3 }, 'wide'),
      ],
    )
    const job = { format: 'onnx', document: {}, graph, weights: join(bench.folder, 'none'), metadata: {} } as const
    const target = join(bench.folder, 'large')
    await expect(writeExport({ ...job, folder: target })).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringMatching(/2143 MiB as float32.*2031 MiB.*31 bits/) as string,
    })
  })

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
