// Windows of every kind in ONNX files of others: each is refused, or answers here what onnxruntime answers. Drawn at random, because what
// padding, rounding and counting come to together was wrong three times in cases that nobody had thought of.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { importedNetwork } from '@shared/exchange/imported/imported-network'
import { importGraph } from '@shared/exchange/onnx/import-graph'
import { attribute, type NodeProto } from '@shared/exchange/onnx/proto'
import { readOnnxGraph } from '@shared/exchange/onnx/read-graph'
import { op, smallModel, tensor, textAttribute } from '@shared/exchange/testing/onnx-files'
import { createRandom, type Random } from '@shared/random'
import { writeImportedWeights } from '../imported-weights'
import { predict } from '../predict'
import { hasOnnxRuntime } from '../testing/has-runtime'
import { loadRuntime } from './runtime'

const CASES = 400
const CHANNELS = 3
/** Float32 sums in another order, of pixels up to 255. */
const TOLERANCE = 1e-5

let folder: string
beforeAll(async () => (folder = await mkdtemp(path.join(tmpdir(), 'windows-'))))
afterAll(() => rm(folder, { recursive: true }))

interface Drawn {
  readonly nodes: readonly NodeProto[]
  readonly size: readonly [number, number]
  readonly kernel: readonly number[]
}

function drawn(random: Random): Drawn {
  const from = (least: number, most: number): number => least + random.integer(most - least + 1)
  const maybe = (share: number): boolean => random.next() < share
  const size = [from(4, 10), from(4, 10)] as const
  const [k, s] = [from(1, 4), from(1, 3)]
  const kernel = maybe(0.6) ? [k, k] : [k, from(1, 4)]
  const stride = maybe(0.6) ? [s, s] : [s, from(1, 3)]
  const around = [from(0, 2), from(0, 2)]
  const pads = maybe(0.5) ? [...around, ...around] : [...around, from(0, 2), from(0, 2)]
  const kind = (['Conv', 'MaxPool', 'AveragePool'] as const)[random.integer(3)] ?? 'Conv'
  const isPadded = maybe(0.25)
  const named = ['SAME_UPPER', 'SAME_LOWER', 'VALID'][random.integer(3)] ?? 'VALID'
  const own = maybe(0.25) ? textAttribute('auto_pad', named) : attribute.ints('pads', pads)
  const window = [
    ...[attribute.ints('kernel_shape', kernel), attribute.ints('strides', stride), own],
    ...(kind !== 'Conv' && maybe(0.5) ? [attribute.int('ceil_mode', 1)] : []),
    ...(kind === 'AveragePool' && maybe(0.5) ? [attribute.int('count_include_pad', 1)] : []),
  ]
  const map = isPadded ? 'padded' : 'given'
  const inputs = kind === 'Conv' ? [map, 'k'] : [map]
  const nodes = [
    op('Relu', ['x'], 'given'),
    ...(isPadded ? [op('Pad', ['given', 'zeros'], 'padded')] : []),
    ...[
      op(kind, inputs, 'windows', window),
      op('GlobalAveragePool', ['windows'], 'mean'),
      op('Flatten', ['mean'], 'y'),
    ],
  ]
  return { nodes, size, kernel }
}

/** Of one image, in onnxruntime; undefined where it refuses the window. */
async function theirs(bytes: Uint8Array, pixels: Uint8Array, [height, width]: Drawn['size']) {
  const { InferenceSession, Tensor } = loadRuntime()
  const planes = Float32Array.from({ length: pixels.length }, (_, i) => {
    const [channel, at] = [Math.floor(i / (height * width)), i % (height * width)]
    return pixels[at * CHANNELS + channel] ?? 0
  })
  try {
    const session = await InferenceSession.create(bytes, { logSeverityLevel: 4 })
    const { scores } = await session.run({ x: new Tensor('float32', planes, [1, CHANNELS, height, width]) })
    await session.release()
    return scores === undefined ? undefined : Array.from(scores.data, Number)
  } catch {
    return undefined // a window that fits no map, told in its own words
  }
}

async function ours(bytes: Uint8Array, pixels: Uint8Array, [height, width]: Drawn['size']) {
  const read = importGraph(readOnnxGraph(bytes))
  if (read.problems.length > 0) return undefined
  const network = importedNetwork(read, 'windows', 'an ONNX model')
  const files = { images: path.join(folder, 'images'), labels: path.join(folder, 'labels') }
  const weights = path.join(folder, 'weights')
  if ((await writeImportedWeights(network, weights)) === null) return undefined
  await writeFile(files.images, pixels)
  await writeFile(files.labels, new Uint8Array(1))
  const shape = [height, width, CHANNELS] as [number, number, number]
  const data = { ...files, count: 1, shape, classes: CHANNELS, mean: [], deviation: [] }
  const inputs = { data, indices: [0], random: { count: 0, seed: 1 } }
  return (await predict({ graph: read.graph, weights, ...inputs })).logits[0]?.map(Number)
}

describe.skipIf(!hasOnnxRuntime)('windows of ONNX files of others, beside onnxruntime (optional package)', () => {
  it('answer the same or are refused', async () => {
    const random = createRandom(17)
    let compared = 0
    for (let i = 0; i < CASES; i++) {
      const { nodes, size, kernel } = drawn(random)
      // A dense layer at the end: without any weights there would be nothing to import.
      const numbers = (count: number): number[] => Array.from({ length: count }, () => random.next() - 0.5)
      const constants = [
        tensor('k', [CHANNELS, CHANNELS, ...kernel], numbers(CHANNELS * CHANNELS * kernel.reduce((a, b) => a * b, 1))),
        tensor('zeros', [8], [0, 0, 1, random.integer(2), 0, 0, random.integer(2), 1], true),
        tensor('w', [CHANNELS, CHANNELS], numbers(CHANNELS * CHANNELS)),
      ]
      const bytes = smallModel({
        nodes: [...nodes, op('MatMul', ['y', 'w'], 'scores')],
        constants,
        input: [CHANNELS, ...size],
        output: 'scores',
      })
      const pixels = Uint8Array.from({ length: size[0] * size[1] * CHANNELS }, () => random.integer(256))
      const mine = await ours(bytes, pixels, size)
      if (mine === undefined) continue
      const wanted = await theirs(bytes, pixels, size)
      if (wanted === undefined || !wanted.every(Number.isFinite)) continue
      compared++
      const largest = Math.max(...wanted.map(Math.abs), 1e-3)
      const apart = Math.max(...wanted.map((value, at) => Math.abs(value - (mine[at] ?? NaN)))) / largest
      const words = nodes.map(({ opType, attribute: all }) => `${opType} ${JSON.stringify(all)}`).join('; ')
      expect(apart, `${size.join(' x ')}: ${words}`).toBeLessThan(TOLERANCE)
    }
    // Most drawn paddings are none of ours.
    expect(compared).toBeGreaterThan(CASES / 5)
  }, 300_000)
})
