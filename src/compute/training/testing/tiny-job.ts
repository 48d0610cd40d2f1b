// A training job small enough for a unit test, over real files: 8x8 images whose class is their colour, with noise.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LayerGraph, LayerNode, TensorShape } from '@shared/architecture/layer'
import type { SplitFiles, TrainJob } from '@shared/contract/compute'
import { createRandom } from '@shared/random'
import { recipeSchema, type Recipe } from '@shared/search/recipe'
import { onTestFinished } from 'vitest'

const CLASSES = 3
const SHAPE: [number, number, number] = [8, 8, 3]

/** Nodes in a row, each fed by the one before. */
export function chain(input: TensorShape, nodes: readonly Omit<LayerNode, 'inputs' | 'id'>[]): LayerGraph {
  const named = nodes.map((node, i) => ({ ...node, id: `n${i}`, inputs: [i === 0 ? 'input' : `n${i - 1}`] }))
  return { input, nodes: named, output: `n${nodes.length - 1}` }
}

/** Convolution, batch normalisation, ReLU, mean, dense: 3 classes from 8x8x3. */
export function tinyGraph(): LayerGraph {
  return chain(SHAPE, [
    { kind: 'conv2d', parameters: { channels: 8, kernel: [3, 3], stride: [2, 2] } },
    { kind: 'batch-norm', parameters: {} },
    { kind: 'relu', parameters: {} },
    { kind: 'dropout', parameters: { rate: 0.1 } },
    { kind: 'global-average-pool', parameters: {} },
    { kind: 'flatten', parameters: {} },
    { kind: 'dense', parameters: { features: CLASSES } },
  ])
}

/** Writes a split of `count` images. The largest channel is the class, under noise that a single pixel does not beat. */
export async function writeSplit(folder: string, count: number, seed: number): Promise<SplitFiles> {
  const random = createRandom(seed)
  const size = SHAPE[0] * SHAPE[1]
  const images = new Uint8Array(count * size * 3)
  const labels = new Uint8Array(count)
  for (let image = 0; image < count; image++) {
    labels[image] = image % CLASSES
    for (let pixel = 0; pixel < size; pixel++)
      for (let channel = 0; channel < 3; channel++)
        images[(image * size + pixel) * 3 + channel] = random.integer(180) + (channel === labels[image] ? 60 : 0)
  }
  const paths = { images: join(folder, 'images.u8'), labels: join(folder, 'labels.u8') }
  await writeFile(paths.images, images)
  await writeFile(paths.labels, labels)
  const third = [1, 1, 1]
  return {
    ...paths,
    count,
    shape: SHAPE,
    classes: CLASSES,
    mean: third.map(() => 0.43),
    deviation: third.map(() => 0.22),
  }
}

async function writeIndices(path: string, from: number, to: number): Promise<string> {
  const bytes = Buffer.alloc((to - from) * 4)
  for (let i = from; i < to; i++) bytes.writeInt32LE(i, (i - from) * 4)
  await writeFile(path, bytes)
  return path
}

/** A job of 60 training and 23 validation images in a new folder, removed when the running test has finished. */
export async function tinyJob(
  recipe: Partial<Recipe> = {},
  graph = tinyGraph(),
): Promise<TrainJob & { folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'tiny-job-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const data = await writeSplit(folder, 83, 7)
  return {
    folder,
    lease: 'lease-1',
    graph,
    recipe: recipeSchema.parse({ epochs: 4, batchSize: 16, cropPadding: 1, learningRate: 0.1, ...recipe }),
    seed: 5,
    data,
    trainIndices: await writeIndices(join(folder, 'train.i32'), 0, 60),
    validationIndices: await writeIndices(join(folder, 'validation.i32'), 60, 83),
    checkpointFolder: join(folder, 'checkpoints'),
    trainable: null,
    timeLimitSeconds: null,
  }
}
