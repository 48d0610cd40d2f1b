// A data set of 60 + 15 images of 4 x 4 pixels (or more) in 3 classes, made as real files in the form of the catalogue's packages.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { PNG } from 'pngjs'
import { createRandom } from '@shared/random'
import type { Download } from '../datasets/download-package'
import type { DatasetSource, PinnedFile } from '../datasets/source'

const SIDE = 4
export const CLASSES = ['dark', 'grey', 'light']

/** Value of image `index`'s pixel: its class decides the brightness, noise the rest. */
function sheet(side: number, count: number, firstIndex: number, seed: number): Buffer {
  const png = new PNG({ width: side * side, height: count })
  const random = createRandom(seed)
  for (let image = 0; image < count; image++) {
    for (let pixel = 0; pixel < side * side; pixel++) {
      const at = (image * side * side + pixel) * 4
      for (let channel = 0; channel < 3; channel++) {
        png.data[at + channel] = ((firstIndex + image) % 3) * 80 + channel * 10 + random.integer(40)
      }
      png.data[at + 3] = 255
    }
  }
  return PNG.sync.write(png, { colorType: 2 })
}

export interface TinyDataset {
  readonly source: DatasetSource
  /** The package as npm would deliver it. */
  readonly archive: string
  /** Copies the archive instead of downloading, whatever is in it; counts how often. */
  readonly download: Download & { readonly calls: () => number }
}

/** Makes the package below `folder`. `labels` lets a test damage them, `side` is that of the images, `half` half their number. */
export function makeTinyDataset(
  folder: string,
  labels = (count: number) => Array.from({ length: count }, (_, i) => i % 3),
  side = SIDE,
  half = 30,
): TinyDataset {
  const inside = path.join(folder, 'package')
  mkdirSync(inside, { recursive: true })
  const put = (name: string, data: Buffer | string): PinnedFile => {
    writeFileSync(path.join(inside, name), data)
    return { path: name, sha256: sha256(path.join(inside, name)) }
  }
  const train = {
    sheets: [put('one.png', sheet(side, half, 0, 1)), put('two.png', sheet(side, half, half, 2))],
    labels: put('train.json', JSON.stringify(labels(2 * half))),
    images: 2 * half,
    imagesPerClass: (2 * half) / 3,
  }
  const test = {
    sheets: [put('test.png', sheet(side, 15, 0, 3))],
    labels: put('test.json', JSON.stringify(labels(15))),
    images: 15,
    imagesPerClass: 5,
  }
  put('package.json', '{}')
  const archive = path.join(folder, 'tiny.tgz')
  execFileSync('tar', ['-czf', archive, '-C', folder, 'package'])
  let calls = 0
  const download: Download = (_source, target) => {
    calls++
    const file = path.join(target, 'tiny-1.0.0.tgz')
    mkdirSync(target, { recursive: true })
    cpSync(archive, file)
    return Promise.resolve(file)
  }
  return {
    archive,
    download: Object.assign(download, { calls: () => calls }),
    source: {
      name: 'tiny',
      title: 'Tiny',
      classes: CLASSES,
      shape: [side, side, 3],
      licence: 'made by a test',
      package: { name: 'tiny', version: '1.0.0', sha256: sha256(archive), bytes: readFileSync(archive).length },
      train,
      test,
      published: null,
    },
  }
}

function sha256(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}
