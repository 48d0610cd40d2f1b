// A prepared data set of a few hundred noisy images, written straight into a workspace as an import leaves it: what a training
// needs, without the time an import takes.
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Manifest } from '../../src/engine/datasets/manifest'
import { createRandom } from '../../src/shared/random'

export const DATASET = 'small'
export const SHAPE = [16, 16, 3] as const
export const CLASSES = 4

function splitFiles(folder: string, name: 'train' | 'test', count: number, seed: number) {
  const random = createRandom(seed)
  const size = SHAPE[0] * SHAPE[1] * SHAPE[2]
  const images = Buffer.alloc(count * size)
  const labels = Buffer.alloc(count)
  for (let image = 0; image < count; image++) {
    labels[image] = image % CLASSES
    // The class brightens one quarter of the rows, under noise that a single pixel does not beat.
    for (let at = 0; at < size; at++) {
      const isMarked = Math.floor((at * CLASSES) / size) === labels[image]
      images[image * size + at] = random.integer(200) + (isMarked ? 40 : 0)
    }
  }
  mkdirSync(path.join(folder, name), { recursive: true })
  const file = (data: Buffer, extension: string) => {
    const place = `${name}/${extension}`
    writeFileSync(path.join(folder, place), data)
    return { path: place, bytes: data.length, sha256: createHash('sha256').update(data).digest('hex') }
  }
  const classCounts = Array.from({ length: CLASSES }, (_, label) => labels.filter((value) => value === label).length)
  return { count, classCounts, images: file(images, 'images.u8'), labels: file(labels, 'labels.u8') }
}

/** Writes it below `datasets/` of the workspace. @param change a data set of other images for another value */
export function writeDataset(workspace: string, change = 0): void {
  const folder = path.join(workspace, 'datasets', DATASET)
  const manifest: Manifest = {
    format: 'gptnas-dataset/1',
    name: DATASET,
    title: DATASET,
    classes: Array.from({ length: CLASSES }, (_, label) => `class-${label}`),
    shape: [...SHAPE],
    mean: [0.4, 0.4, 0.4],
    deviation: [0.23, 0.23, 0.23],
    splits: {
      train: splitFiles(folder, 'train', 400, 11 + 2 * change),
      test: splitFiles(folder, 'test', 40, 12 + 2 * change),
    },
    source: 'made by a test',
    createdAt: new Date(0).toISOString(),
  }
  writeFileSync(path.join(folder, 'manifest.json'), JSON.stringify(manifest))
}
