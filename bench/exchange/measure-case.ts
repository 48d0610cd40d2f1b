// One network with random weights, written in every way and run by others beside the network itself.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import type { PredictionJob, RunPrediction } from '../../src/compute/exchange/format'
import { predict } from '../../src/compute/exchange/predict'
import { writeExport } from '../../src/compute/exchange/write-export'
import type { LayerGraph } from '../../src/shared/architecture/layer'
import type { Prediction, SplitFiles } from '../../src/shared/contract/compute'
import { comparePredictions } from '../../src/shared/exchange/compare-predictions'
import { createRandom } from '../../src/shared/random'
import type { Way } from './ways'
import { writeRandomWeights } from './weights'

export interface Case {
  readonly name: string
  readonly graph: LayerGraph
  readonly classes: number
  readonly images: number
}

export interface Row {
  readonly name: string
  readonly way: string
  readonly input: number
  /** Of a class score, relative to the largest; null where nothing was computed. */
  readonly difference: number | null
  /** The same between the trained network on an image and on one that is darker by a rounding of float32. */
  readonly sensitivity: number
  readonly samePredictions: boolean
  /** A network whose output does not depend on its input proves nothing; only `zero` may be one. */
  readonly verdict: string
  readonly mib: number
  readonly milliseconds: number
  readonly runtime: string
  /** Why nothing was computed. */
  readonly problem: string | null
}

/** Runs what was written, in whatever process the way asks for. @throws Error with what it says */
export type Run = (way: Way, job: PredictionJob) => Promise<RunPrediction>

export async function randomImages(
  folder: string,
  graph: LayerGraph,
  classes: number,
  count: number,
): Promise<SplitFiles> {
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

/** @returns one row for each way, also for those that fail */
export async function measureCase(
  run: Run,
  { name, graph, classes, images }: Case,
  ways: readonly Way[],
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
    await rm(shifted)
    const rows: Row[] = []
    for (const way of ways) {
      const target = path.join(folder, `${rows.length}`)
      const common = { name, way: way.title, input: graph.input[0], sensitivity }
      try {
        const job = { format: way.format, document: {}, graph, weights, options: way.options, metadata: {} }
        const files = await writeExport({ ...job, folder: target })
        const mib = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) / 2 ** 20
        const { latency, runtime, ...exported } = await run(way, { folder: target, ...inputs })
        const { largestLogitDifference, samePredictions, verdict } = comparePredictions(trained, exported, runtime)
        rows.push({
          ...common,
          difference: largestLogitDifference,
          samePredictions: samePredictions === images,
          verdict,
          mib,
          milliseconds: latency.median,
          runtime,
          problem: null,
        })
      } catch (thrown) {
        const problem = thrown instanceof Error ? thrown.message : String(thrown)
        const nothing = { difference: null, samePredictions: false, verdict: 'failed', mib: 0, milliseconds: 0 }
        rows.push({ ...common, ...nothing, runtime: '', problem })
      }
      await rm(target, { recursive: true, force: true })
    }
    return rows
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
