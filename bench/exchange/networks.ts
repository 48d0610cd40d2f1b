// The trained networks of bench:exchange: small ones of three families, trained by the product on CIFAR-10 for minutes, with a seed each.
// What was trained is kept, so that every runtime in every call gets the same weights.
import { existsSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createHash } from 'node:crypto'
import { train } from '../../src/compute/training/train'
import type { LayerGraph } from '../../src/shared/architecture/layer'
import type { SplitFiles } from '../../src/shared/contract/compute'
import { recipeSchema } from '../../src/shared/search/recipe'
import { NETWORKS, resNet20 } from '../train/networks'

export interface TrainedNetwork {
  readonly name: string
  readonly seed: number
  readonly graph: LayerGraph
}

const graphOf = (name: string): LayerGraph => NETWORKS.find((network) => network.name === name)!.graph

export const TRAINED_NETWORKS: readonly TrainedNetwork[] = [
  { name: 'ResNet-20 w8', seed: 1, graph: resNet20(8) },
  { name: 'separable', seed: 2, graph: graphOf('separable b32') },
  { name: 'dense', seed: 3, graph: graphOf('dense b32') },
]

/** Minutes on two cores; enough for accuracies that an export could spoil. */
const RECIPE = recipeSchema.parse({ epochs: 3, batchSize: 64, learningRate: 0.05 })
const TRAIN_IMAGES = 8000
/** For seeing that it works. */
export const QUICK_TRAINING = { images: 512, epochs: 1 } as const
/** Taken after them. Ranges of int8 are of these. */
const VALIDATION_IMAGES = 512

export const VALIDATION = { first: TRAIN_IMAGES, count: VALIDATION_IMAGES } as const

export async function indexFile(file: string, first: number, count: number): Promise<string> {
  const indices = Int32Array.from({ length: count }, (_, i) => first + i)
  await writeFile(file, new Uint8Array(indices.buffer))
  return file
}

/**
 * The weights file of a network, trained where it is not kept; null where there is no time for that.
 * @param data the training split @param keep folder @param short in place of the whole training; @throws what `train` throws
 */
export async function trainedWeights(
  { name, seed, graph }: TrainedNetwork,
  data: SplitFiles,
  keep: string,
  note: (line: string) => void,
  hasTime: () => boolean,
  short?: typeof QUICK_TRAINING,
): Promise<string | null> {
  const recipe = short === undefined ? RECIPE : { ...RECIPE, epochs: short.epochs }
  const images = short?.images ?? TRAIN_IMAGES
  const decisive = { graph, seed, recipe, TRAIN_IMAGES: images, VALIDATION_IMAGES }
  const key = createHash('sha256').update(JSON.stringify(decisive)).digest('hex').slice(0, 16)
  const kept = path.join(keep, `trained-${key}.weights`)
  if (existsSync(kept)) return kept
  if (!hasTime()) return null
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-exchange-train-'))
  try {
    const events = train({
      lease: 'bench',
      graph,
      recipe,
      seed,
      data,
      trainIndices: await indexFile(path.join(folder, 'train.i32'), 0, images),
      validationIndices: await indexFile(path.join(folder, 'validation.i32'), TRAIN_IMAGES, VALIDATION_IMAGES),
      checkpointFolder: path.join(folder, 'checkpoints'),
      trainable: null,
      timeLimitSeconds: null,
    })
    for await (const event of events) {
      if (event.type === 'epoch')
        note(
          `${name}: epoch of ${event.epoch.seconds.toFixed(0)} s, ${(100 * event.epoch.validationAccuracy).toFixed(1)} %`,
        )
      if (event.type !== 'finished') continue
      await mkdir(keep, { recursive: true })
      await copyFile(event.weights, kept)
    }
    return kept
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
