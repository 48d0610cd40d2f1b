// What a benchmark of devices trains: two networks and random pixels. Speed does not depend on what the pixels show.
import { randomFillSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { BUILT_IN_BLOCKS } from '@shared/architecture/blocks'
import { chainDocument, cifarStem, classifierHead } from '@shared/architecture/document'
import { expandDocument } from '@shared/architecture/expand'
import type { LayerGraph } from '@shared/architecture/layer'
import type { SplitFiles, TrainJob } from '@shared/contract/compute'
import type { BENCHMARK_NETWORK_NAMES } from '@shared/contract/devices'
import { recipeSchema } from '@shared/search/recipe'

const CLASSES = 10
const SHAPE: [number, number, number] = [32, 32, 3]
/** An epoch of the small network then takes longer than it is measured on two cores, and pixels take 25 MB. */
const IMAGES = 8192
const VALIDATION_IMAGES = 64

export interface BenchmarkNetwork {
  readonly name: (typeof BENCHMARK_NETWORK_NAMES)[number]
  readonly batchSize: number
  readonly graph: LayerGraph
}

/**
 * Residual networks of 20 layers (He et al. 2015, section 4.2): of width 4, where starting each operation costs most, and of
 * width 16, where arithmetic does; the ends between which the candidates of our searches lie.
 */
export const BENCHMARK_NETWORKS: readonly BenchmarkNetwork[] = [
  { name: 'small', batchSize: 16, graph: residual(4) },
  { name: 'middle', batchSize: 64, graph: residual(16) },
]

function residual(width: number): LayerGraph {
  const blocks = [0, 1, 2].flatMap((stage) =>
    [0, 1, 2].map((block) => ({
      block: 'resnet-basic',
      parameters: { width: width * 2 ** stage, stride: stage > 0 && block === 0 ? 2 : 1 },
    })),
  )
  const document = chainDocument({
    name: `ResNet-20 of width ${width}`,
    inputShape: SHAPE,
    classes: CLASSES,
    stem: cifarStem(width),
    blocks,
    head: classifierHead(),
  })
  return expandDocument(document, BUILT_IN_BLOCKS).graph
}

export interface Workload {
  /** A training that goes on until it is broken off. @param compute position among those at work together */
  job(network: BenchmarkNetwork, compute: number): TrainJob
  stepsPerEpoch(network: BenchmarkNetwork): number
  /** Removes its files. */
  close(): Promise<void>
}

const indices = (first: number, count: number): Buffer =>
  Buffer.from(Int32Array.from({ length: count }, (_, index) => first + index).buffer)

/** Writes the files that computes read. @throws the file system's error where the system's temporary folder is full */
export async function createWorkload(): Promise<Workload> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'gpt-nas-benchmark-'))
  const file = async (name: string, bytes: Uint8Array): Promise<string> => {
    await writeFile(path.join(folder, name), bytes)
    return path.join(folder, name)
  }
  const count = IMAGES + VALIDATION_IMAGES
  const data: SplitFiles = {
    images: await file('images', randomFillSync(Buffer.alloc(count * SHAPE[0] * SHAPE[1] * SHAPE[2]))),
    labels: await file(
      'labels',
      Uint8Array.from({ length: count }, (_, index) => index % CLASSES),
    ),
    count,
    shape: SHAPE,
    classes: CLASSES,
    mean: [0.5, 0.5, 0.5],
    deviation: [0.25, 0.25, 0.25],
  }
  const trainIndices = await file('train', indices(0, IMAGES))
  const validationIndices = await file('validation', indices(IMAGES, VALIDATION_IMAGES))
  return {
    job: ({ name, batchSize, graph }, compute) => ({
      lease: `benchmark-${name}-${compute}`,
      graph,
      // A rate at which random labels never diverge.
      recipe: recipeSchema.parse({ epochs: 1000, batchSize, learningRate: 1e-4 }),
      seed: compute,
      data,
      trainIndices,
      validationIndices,
      checkpointFolder: path.join(folder, `${name}-${compute}`),
      trainable: null,
      timeLimitSeconds: null,
    }),
    stepsPerEpoch: ({ batchSize }) => Math.floor(IMAGES / batchSize),
    close: () => rm(folder, { recursive: true, force: true }),
  }
}
