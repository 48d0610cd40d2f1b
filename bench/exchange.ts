// What exports compute beside the trained network: all 36 networks of the zoo with random weights, every layer kind and every block,
// as a tfjs layers model in plain tfjs and as ONNX in onnxruntime, each in a process without anything of ours.
// --quick: the smallest network of each family and every third layer case. --only=NAME and --side=PIXELS look at
// some networks or another input, --without=tfjs leaves out the slow runtime. --markdown prints the table of docs/exchange.md.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { predict } from '../src/compute/exchange/predict'
import { writeExport } from '../src/compute/exchange/write-export'
import { BLOCK_CASES } from '../src/compute/networks/testing/block-cases'
import { KIND_CASES } from '../src/compute/networks/testing/kind-cases'
import type { LayerGraph } from '../src/shared/architecture/layer'
import { ZOO_FAMILIES, ZOO_NAMES, zooNetwork } from '../src/shared/architecture/zoo'
import type { Prediction, SplitFiles } from '../src/shared/contract/compute'
import { comparePredictions } from '../src/shared/exchange/compare-predictions'
import type { ExportFormat, ExportOptions } from '../src/shared/exchange/formats'
import { createRandom } from '../src/shared/random'
import { RUNTIME_FLAG, serveRuntime, startRuntime } from './exchange/runtime'
import { writeRandomWeights } from './exchange/weights'
import { atMost, equal, runBench, type BenchOptions, type Check, type Measured } from './harness'

/** Issued bound: float32 sums in another order, relative to the largest class score. */
const BOUND = 1e-4
/** ONNX takes the networks as they are; plain tfjs computes in JavaScript and sees a smaller picture. */
type BenchFormat = 'tfjs' | 'tfjs-graph' | 'saved-model' | 'onnx'
const SIDES: Readonly<Record<BenchFormat, number>> = { tfjs: 32, 'tfjs-graph': 32, 'saved-model': 224, onnx: 224 }
const QUICK_SIDE = 64

interface Case {
  readonly name: string
  readonly graph: LayerGraph
  readonly classes: number
  readonly images: number
}
interface Row {
  readonly name: string
  readonly format: string
  readonly input: number
  /** Of a class score, relative to the largest. */
  readonly difference: number
  /** The same between the trained network on an image and on one that is darker by a rounding of float32. */
  readonly sensitivity: number
  readonly samePredictions: boolean
  /** A network whose output does not depend on its input proves nothing; only `zero` may be one. */
  readonly verdict: string
  readonly mib: number
  readonly milliseconds: number
}

const WAYS: readonly { readonly format: BenchFormat; readonly title: string; readonly options: ExportOptions }[] = [
  { format: 'tfjs', title: 'tfjs', options: {} },
  { format: 'tfjs-graph', title: 'tfjs graph', options: {} },
  { format: 'saved-model', title: 'SavedModel', options: {} },
  { format: 'onnx', title: 'onnx', options: {} },
  { format: 'onnx', title: 'onnx fused, NHWC', options: { fuseBatchNorm: true, inputLayout: 'nhwc' } },
]

async function randomImages(folder: string, graph: LayerGraph, classes: number, count: number): Promise<SplitFiles> {
  const shape = graph.input as [number, number, number]
  const random = createRandom(7)
  const images = path.join(folder, 'images')
  const labels = path.join(folder, 'labels')
  const pixels = Uint8Array.from({ length: count * shape[0] * shape[1] * shape[2] }, () => random.integer(256))
  await writeFile(images, pixels)
  const wide = classes > 256
  await writeFile(labels, wide ? Buffer.alloc(2 * count) : Buffer.alloc(count))
  return { images, labels, count, shape: [...shape], classes, mean: [], deviation: [] }
}

function differenceOf(a: Prediction, b: Prediction): number {
  const probabilities = b.logits.map((row) => row.map(() => 0))
  return comparePredictions(a, { ...b, probabilities }, '').largestLogitDifference ?? Infinity
}

async function measured(
  runtime: ReturnType<typeof startRuntime>,
  { name, graph, classes, images }: Case,
  ways: typeof WAYS,
): Promise<Row[]> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'bench-exchange-'))
  try {
    const weights = path.join(folder, 'weights')
    const shifted = path.join(folder, 'shifted')
    await writeRandomWeights(graph, classes, { weights, shifted })
    const data = await randomImages(folder, graph, classes, images)
    const inputs = { data, indices: Array.from({ length: images }, (_, i) => i), random: { count: images, seed: 5 } }
    const trained = await predict({ graph, weights, ...inputs })
    const sensitivity = differenceOf(trained, await predict({ graph, weights: shifted, ...inputs }))
    const rows: Row[] = []
    for (const { format, title, options } of ways) {
      const target = path.join(folder, `${rows.length}`)
      const job = { format: format as ExportFormat, document: {}, graph, weights, options, metadata: {} }
      const files = await writeExport({ ...job, folder: target })
      const { latency, runtime: by, ...exported } = await runtime.run({ format, folder: target, ...inputs })
      const proof = comparePredictions(trained, exported, by)
      rows.push({
        name,
        format: title,
        input: graph.input[0],
        difference: proof.largestLogitDifference ?? Infinity,
        sensitivity,
        samePredictions: proof.samePredictions === images,
        verdict: proof.verdict,
        mib: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) / 2 ** 20,
        milliseconds: latency.median,
      })
      await rm(target, { recursive: true })
    }
    return rows
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function checksOf(title: string, rows: readonly Row[]): Check[] {
  return WAYS.flatMap(({ title: format }) => {
    const own = rows.filter((row) => row.format === format)
    if (own.length === 0) return []
    const worst = own.reduce((most, { difference }) => Math.max(most, difference), 0)
    const others = own.filter(({ name, verdict }) => verdict !== 'equal' && !name.startsWith('zero'))
    return [
      atMost(`${format}, ${own.length} ${title}: largest relative difference of a score`, worst, BOUND),
      equal(`${format}, ${title} not proven equal`, others.length, 0),
    ]
  })
}

async function measure({ quick, note }: BenchOptions): Promise<Measured> {
  const runtime = startRuntime()
  const networks: Row[] = []
  const layers: Row[] = []
  const only = process.argv.find((word) => word.startsWith('--only='))?.slice('--only='.length)
  const given = Number(process.argv.find((word) => word.startsWith('--side='))?.slice('--side='.length) ?? 0)
  const formats = (['tfjs', 'tfjs-graph', 'saved-model', 'onnx'] as const).filter(
    (format) => !process.argv.includes(`--without=${format}`),
  )
  const smallest = ZOO_FAMILIES.map((family) => ZOO_NAMES.find((name) => zooNetwork(name).family === family)!)
  const names = (quick ? smallest : ZOO_NAMES).filter((name) => only === undefined || name.includes(only))
  try {
    const cases = [
      ...KIND_CASES.map(({ title, graph }) => ({ name: title, graph })),
      ...BLOCK_CASES.map(({ title, graph }) => ({ name: title, graph })),
    ].filter((_, i) => !quick || i % 3 === 0)
    for (const each of only === undefined ? cases : [])
      layers.push(...(await measured(runtime, { ...each, classes: 3, images: 4 }, WAYS)))
    note(`${layers.length / WAYS.length} layer kinds and blocks in every variant: done`)
    for (const name of names)
      for (const format of formats) {
        const side = given > 0 ? given : quick ? Math.min(QUICK_SIDE, SIDES[format]) : SIDES[format]
        const { graph } = zooNetwork(name, { input: [side, side, 3] })
        const ways = WAYS.filter((way) => way.format === format)
        const rows = await measured(runtime, { name, graph, classes: 1000, images: 2 }, ways)
        networks.push(...rows)
        for (const row of rows)
          note(
            `${name}, ${row.format}: ${row.difference.toExponential(1)} (own: ${row.sensitivity.toExponential(1)}), ${row.milliseconds.toFixed(0)} ms`,
          )
      }
  } finally {
    runtime.close()
  }
  if (process.argv.includes('--markdown')) process.stderr.write(markdown(networks, layers))
  const failing = layers.filter(({ difference }) => difference > BOUND)
  return {
    results: { networks, layerCases: layers.length, failing },
    checks: [...checksOf('layer cases', layers), ...checksOf('networks', networks)],
  }
}

function markdown(networks: readonly Row[], layers: readonly Row[]): string {
  const find = (name: string, format: string): Row | undefined =>
    networks.find((row) => row.name === name && row.format === format)
  const cell = (row: Row | undefined): string => row?.difference.toExponential(1) ?? ''
  const worst = (format: string): string =>
    layers
      .filter((row) => row.format === format)
      .reduce((most, { difference }) => Math.max(most, difference), 0)
      .toExponential(1)
  const names = [...new Set(networks.map(({ name }) => name))]
  const lines = names.map((name) => {
    const onnx = find(name, 'onnx')
    return `| ${name} | ${cell(find(name, 'tfjs'))} | ${cell(onnx)} | ${cell(find(name, 'onnx fused, NHWC'))} | ${onnx?.mib.toFixed(0)} | ${onnx?.milliseconds.toFixed(0)} |`
  })
  return [
    '| network | tfjs | ONNX | ONNX fused, NHWC | MiB | ms |',
    '|---|---:|---:|---:|---:|---:|',
    `| every layer kind and block | ${worst('tfjs')} | ${worst('onnx')} | ${worst('onnx fused, NHWC')} | | |`,
    ...lines,
    '',
  ].join('\n')
}

if (process.argv.includes(RUNTIME_FLAG)) void serveRuntime()
else void runBench('exchange', measure)
