// The sample code that a bundle ships, run as it stands beside the files: in Node, and in Python where that has the library. Pages are
// e2e/specs/deploy.spec.ts's.
import { execFileSync } from 'node:child_process'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exportOptions, type ExportFormat, type ExportOptions } from '@shared/exchange/formats'
import { samplesOf, type Sample } from '@shared/exchange/samples'
import { predict } from './predict'
import { hasOnnxRuntime } from './testing/has-runtime'
import { pythonWith } from './testing/python'
import { exportBench } from './testing/round-trip'
import { NETWORK } from './testing/traps'
import { writeExport } from './write-export'

const INPUT = NETWORK.input as [number, number, number]
const TOLERANCE = 1e-5
/** A new interpreter loads its library. */
const TIME_LIMIT = 300_000

let bench: Awaited<ReturnType<typeof exportBench>>
/** Of a black image, which is what the samples show. */
let black: readonly number[]
beforeAll(async () => {
  bench = await exportBench()
  await bench.writeWeights(NETWORK)
  const folder = path.join(bench.folder, 'black')
  await mkdir(folder)
  const data = { images: path.join(folder, 'images'), labels: path.join(folder, 'labels') }
  await writeFile(data.images, new Uint8Array(INPUT[0] * INPUT[1] * INPUT[2]))
  await writeFile(data.labels, new Uint8Array(1))
  const { logits } = await predict({
    ...{ graph: NETWORK, weights: bench.weights, indices: [0], random: { count: 0, seed: 1 } },
    data: { ...data, count: 1, shape: INPUT, classes: 3, mean: [], deviation: [] },
  })
  black = (logits[0] ?? []).map(Number)
})
afterAll(() => bench.close())

function probabilities(scores: readonly number[]): number[] {
  const powers = scores.map((score) => Math.exp(score - Math.max(...scores)))
  return powers.map((power) => power / powers.reduce((sum, value) => sum + value, 0))
}

async function printed(
  format: ExportFormat,
  wish: Partial<ExportOptions>,
  title: string,
  run: (file: string) => string,
) {
  const folder = path.join(bench.folder, `${format}-${title}-${Object.values(wish).join('-')}`)
  const options = exportOptions(format, wish)
  const job = { format, document: {}, graph: NETWORK, weights: bench.weights, folder, options }
  await writeExport({ ...job, metadata: { classes: ['a', 'b', 'c'] } })
  await symlink(path.resolve(__dirname, '../../../node_modules'), path.join(folder, 'node_modules'))
  const sample = samplesOf({ format, options, input: INPUT }).find((one): one is Sample => one.title === title)
  expect(sample).toBeDefined()
  const file = path.join(folder, sample?.language === 'python' ? 'sample.py' : 'sample.mjs')
  await writeFile(file, sample?.code ?? '')
  const found = [...run(file).matchAll(/-?\d+\.\d+(?:e-?\d+)?/gi)].map(([number]) => Number(number))
  return found.slice(0, 3)
}

function expectNear(found: readonly number[], wanted: readonly number[]): void {
  expect(found).toHaveLength(wanted.length)
  found.forEach((value, i) =>
    expect(Math.abs(value - (wanted[i] ?? NaN))).toBeLessThan(TOLERANCE * Math.max(1, Math.abs(value))),
  )
}

const inFolder = (command: string) => (file: string) =>
  execFileSync(command, [file], { cwd: path.dirname(file), encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })

describe('sample code for Node', () => {
  for (const format of ['tfjs', 'tfjs-graph', 'onnx'] as const)
    it.skipIf(format === 'onnx' && !hasOnnxRuntime)(
      `of ${format} prints the probabilities of the network`,
      async () => expectNear(await printed(format, {}, 'Node', inFolder(process.execPath)), probabilities(black)),
      TIME_LIMIT,
    )

  it.skipIf(!hasOnnxRuntime)('of ONNX follows its options', async () => {
    const wish = { inputLayout: 'nhwc', softmax: false }
    expectNear(await printed('onnx', wish, 'Node', inFolder(process.execPath)), black)
  })
})

describe('sample code for Python', () => {
  const LIBRARIES = [
    ['onnx', pythonWith('onnxruntime', 'numpy')],
    ['saved-model', pythonWith('tensorflow')],
    ['pytorch', pythonWith('torch', 'numpy')],
    ['keras', pythonWith('keras', 'tensorflow')],
  ] as const
  for (const [format, python] of LIBRARIES)
    it.skipIf(python === undefined)(
      `of ${format} prints the probabilities of the network (Python with the library)`,
      async () => {
        // Printed with four places and more.
        const found = await printed(format, {}, 'Python', inFolder(python ?? ''))
        found.forEach((value, i) => expect(value).toBeCloseTo(probabilities(black)[i] ?? NaN, 4))
        expect(found).toHaveLength(3)
      },
      TIME_LIMIT,
    )
})
