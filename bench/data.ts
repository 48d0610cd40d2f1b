// What an import costs: folders of 20,000 and of 60,000 JPEGs (made here, 96 x 96 to 160 x 160) to 32 x 32, in decoder threads.
// Measures rate, the peak of resident memory of the larger against that of the smaller, and the longest turn of the event loop.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import createCodec from '@cornerstonejs/codec-libjpeg-turbo-8bit'
import { threadDecoders } from '../src/engine/datasets/images/decoders'
import { importDataset } from '../src/engine/datasets/importing/import-dataset'
import { importRequestSchema } from '../src/shared/contract/datasets'
import { createRandom } from '../src/shared/random'
import { atMost, checkout, equal, runBench } from './harness'

const CLASSES = 10
/** Different pictures; files beyond repeat them, which costs the reader the same. */
const PICTURES = 500

interface Encoder {
  getDecodedBuffer(frame: {
    width: number
    height: number
    bitsPerSample: number
    componentCount: number
    isSigned: boolean
  }): Uint8Array
  setQuality(quality: number): void
  encode(): void
  getEncodedBuffer(): Uint8Array
}

/** JPEGs of smooth noise, as large as small photographs. */
async function pictures(count: number): Promise<Buffer[]> {
  const codec = (await createCodec()) as { JPEGEncoder: new () => Encoder }
  const encoder = new codec.JPEGEncoder()
  const random = createRandom(1)
  return Array.from({ length: count }, () => {
    const [height, width] = [96 + random.integer(65), 96 + random.integer(65)]
    const [a, b, phase] = [3 + random.integer(20), 3 + random.integer(20), random.next() * 6]
    const frame = { width, height, bitsPerSample: 8, componentCount: 3, isSigned: false }
    const pixels = encoder.getDecodedBuffer(frame)
    for (let at = 0; at < height * width * 3; at++) {
      const [x, y] = [Math.floor(at / 3) % width, Math.floor(at / 3 / width)]
      pixels[at] = 128 + 90 * Math.sin(x / a + y / b + phase + (at % 3)) + random.integer(30)
    }
    encoder.setQuality(85)
    encoder.encode()
    return Buffer.from(encoder.getEncodedBuffer())
  })
}

async function makeFolder(folder: string, count: number, made: readonly Buffer[]): Promise<void> {
  for (let label = 0; label < CLASSES; label++) await mkdir(path.join(folder, `class-${label}`), { recursive: true })
  for (let index = 0; index < count; index++) {
    await writeFile(path.join(folder, `class-${index % CLASSES}`, `${index}.jpg`), made[index % made.length]!)
  }
}

interface Measured {
  readonly images: number
  readonly seconds: number
  readonly imagesPerSecond: number
  readonly peakMiB: number
  readonly longestTurnMs: number
}

async function importOnce(source: string, folder: string, images: number): Promise<Measured> {
  let peak = 0
  const sample = (): void => void (peak = Math.max(peak, process.memoryUsage.rss()))
  const timer = setInterval(sample, 50)
  const turns = monitorEventLoopDelay({ resolution: 5 })
  turns.enable()
  const start = performance.now()
  const manifest = await importDataset({
    request: importRequestSchema.parse({ path: source, name: 'bench', size: [32, 32] }),
    folder,
    startDecoders: () => threadDecoders(path.join(checkout, 'out', 'main', 'image-decoder.js')),
    report: sample,
    signal: new AbortController().signal,
  })
  const seconds = (performance.now() - start) / 1000
  clearInterval(timer)
  turns.disable()
  const written = manifest.splits.train.count + manifest.splits.test.count
  if (written !== images) throw new Error(`${written} of ${images} images were written`)
  return {
    images,
    seconds,
    imagesPerSecond: images / seconds,
    peakMiB: peak / 1024 ** 2,
    longestTurnMs: turns.max / 1e6,
  }
}

void runBench('Importing a folder of JPEGs', async ({ quick, note }) => {
  // V8's heaps grow to a working size during the first ten thousand images, whatever is kept: both have to be beyond that.
  const images = quick ? 6000 : 60_000
  const base = await mkdtemp(path.join(os.tmpdir(), 'gptnas-bench-data-'))
  try {
    note(`making ${images} JPEGs`)
    const made = await pictures(PICTURES)
    const third = images / 3
    await makeFolder(path.join(base, 'few'), third, made)
    await makeFolder(path.join(base, 'many'), images, made)
    // The first one loads the code and fills the threads; it counts for nothing.
    await importOnce(path.join(base, 'few'), path.join(base, 'warm'), third)
    global.gc?.()
    const few = await importOnce(path.join(base, 'few'), path.join(base, 'out-few'), third)
    global.gc?.()
    const many = await importOnce(path.join(base, 'many'), path.join(base, 'out-many'), images)
    const left = (await readdir(base)).filter((name) => name.includes('.partial-'))
    const pixels = (await readFile(path.join(base, 'out-many', 'train', 'images.u8'))).length
    return {
      results: {
        few,
        many,
        sourceMiB: (made.reduce((sum, { length }) => sum + length, 0) * (images / PICTURES)) / 1024 ** 2,
        preparedMiB: pixels / 1024 ** 2,
      },
      checks: [
        // Were the pixels of each image kept, it would be 1.5.
        atMost('memory with all images / with a third', many.peakMiB / few.peakMiB, 1.25),
        atMost('peak of resident memory, MiB', many.peakMiB, 600),
        atMost('longest turn of the event loop, ms', many.longestTurnMs, 500),
        equal('half-written folders left', left.length, 0),
      ],
    }
  } finally {
    await rm(base, { recursive: true, force: true })
  }
})
