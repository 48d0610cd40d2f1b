// A look into a prepared train split: seeded sample images as small PNGs. Reads only the bytes of the images it shows.
import path from 'node:path'
import { PNG } from 'pngjs'
import type { z } from 'zod'
import type { datasetPreviewSchema } from '@shared/contract/datasets'
import { createRandom } from '@shared/random'
import { fill, openToRead } from '@node/read-file'
import { labelBytes, type Manifest } from './manifest'

export type Preview = z.infer<typeof datasetPreviewSchema>

/** `count` distinct images, or all there are, in the order of their index. */
export async function previewDataset(
  folder: string,
  manifest: Manifest,
  count: number,
  seed: number,
): Promise<Preview> {
  const { train } = manifest.splits
  const [height, width, channels] = manifest.shape
  const imageBytes = height * width * channels
  const labelWidth = labelBytes(manifest.classes.length)
  const random = createRandom(seed)
  const chosen = new Set<number>()
  while (chosen.size < Math.min(count, train.count)) chosen.add(random.integer(train.count))
  const { handle: images } = await openToRead(path.join(folder, train.images.path), { what: 'file of images' })
  const { handle: labels } = await openToRead(path.join(folder, train.labels.path), { what: 'file of labels' })
  try {
    const samples: Preview['samples'] = []
    for (const index of [...chosen].sort((a, b) => a - b)) {
      const pixels = Buffer.alloc(imageBytes)
      await fill(images, pixels, index * imageBytes)
      const label = Buffer.alloc(labelWidth)
      await fill(labels, label, index * labelWidth)
      samples.push({ index, label: label.readUIntLE(0, labelWidth), png: thumbnail(pixels, height, width, channels) })
    }
    return { classCounts: train.classCounts, samples }
  } finally {
    await images.close()
    await labels.close()
  }
}

/** An RGB or grey image as a `data:` address. */
function thumbnail(pixels: Buffer, height: number, width: number, channels: number): string {
  const png = new PNG({ width, height })
  for (let pixel = 0; pixel < height * width; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      png.data[pixel * 4 + channel] = pixels[pixel * channels + Math.min(channel, channels - 1)]!
    }
    png.data[pixel * 4 + 3] = 255
  }
  return `data:image/png;base64,${PNG.sync.write(png, { colorType: 2 }).toString('base64')}`
}
