import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { PNG } from 'pngjs'
import { describe, expect, it } from 'vitest'
import type { DatasetProgress } from '@shared/contract/datasets'
import { temporaryFolder } from '../testing/temporary-folder'
import { makeTinyDataset, type TinyDataset } from '../testing/tiny-dataset'
import { createDatasets, type Datasets } from './datasets'
import type { DatasetSource } from './source'

function open(tiny: TinyDataset, cacheFolder: string, source: DatasetSource = tiny.source): Datasets {
  return createDatasets({ cacheFolder, catalogue: [source], download: tiny.download })
}

async function get(datasets: Datasets): Promise<DatasetProgress[]> {
  const seen: DatasetProgress[] = []
  for await (const progress of datasets.get('tiny')) seen.push(progress)
  return seen
}

describe('fetching a data set', () => {
  it('goes through download, checks and preparation once, then does nothing', async () => {
    const cache = temporaryFolder()
    const tiny = makeTinyDataset(temporaryFolder())
    const datasets = open(tiny, cache)
    expect((await datasets.list())[0]).toMatchObject({ state: 'absent', sizeBytes: 0, mean: null })
    await expect(datasets.ready('tiny')).rejects.toMatchObject({ code: 'dataset-missing' })
    const stages = (await get(datasets)).map(({ stage }) => stage)
    expect(stages.at(-1)).toBe('ready')
    expect(stages).toContain('checking')
    expect((await datasets.list())[0]).toMatchObject({ state: 'ready', sizeBytes: 75 * 49, problem: null })
    await get(datasets)
    expect(tiny.download.calls()).toBe(1)
    expect(readdirSync(path.join(cache, 'datasets')).sort()).toEqual(['tiny', 'tiny-1.0.0'])
    expect(readdirSync(path.join(cache, 'downloads'))).toEqual([])
    expect(await datasets.check('tiny')).toEqual({ ok: true, problems: [] })
  })

  it('writes every pixel and label of every sheet, with exact statistics of the train split', async () => {
    const folder = temporaryFolder()
    const tiny = makeTinyDataset(folder)
    const datasets = open(tiny, temporaryFolder())
    await get(datasets)
    const ready = await datasets.ready('tiny')
    const files = ready.files('train')
    const images = readFileSync(files.images)
    const pixels = ['one.png', 'two.png'].flatMap((name) => {
      const { data } = PNG.sync.read(readFileSync(path.join(folder, 'package', name)))
      return [...data].filter((_, index) => index % 4 !== 3)
    })
    expect([...images]).toEqual(pixels)
    expect([...(await ready.trainLabels())]).toEqual(Array.from({ length: 60 }, (_, index) => index % 3))
    for (const channel of [0, 1, 2]) {
      const values = pixels.filter((_, index) => index % 3 === channel).map((value) => value / 255)
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
      expect(files.mean[channel]).toBeCloseTo(mean, 5)
      expect(files.deviation[channel]).toBeCloseTo(Math.sqrt(variance), 5)
    }
    expect(files).toMatchObject({ count: 60, classes: 3, shape: [4, 4, 3] })
    expect(ready.files('test')).toMatchObject({ count: 15, mean: files.mean })
  })

  it('takes the archive from where the user brought it, and not while it is being fetched', async () => {
    const tiny = makeTinyDataset(temporaryFolder())
    const datasets = open(tiny, temporaryFolder())
    const going = get(datasets)
    await expect(datasets.get('tiny', undefined, null, tiny.archive).next()).rejects.toMatchObject({ code: 'conflict' })
    await going
    const other = open(tiny, temporaryFolder())
    const stages = []
    for await (const { stage } of other.get('tiny', undefined, null, tiny.archive)) stages.push(stage)
    expect(stages.at(-1)).toBe('ready')
    expect(tiny.download.calls()).toBe(1)
    expect(existsSync(tiny.archive)).toBe(true)
  })

  it('shares one preparation between everyone who asks, and survives one who leaves', async () => {
    const tiny = makeTinyDataset(temporaryFolder())
    const datasets = open(tiny, temporaryFolder())
    const impatient = (async () => {
      for await (const _progress of datasets.get('tiny')) break
    })()
    const [first, second] = await Promise.all([get(datasets), get(datasets), impatient])
    expect(first.at(-1)?.stage).toBe('ready')
    expect(second.at(-1)?.stage).toBe('ready')
    expect(tiny.download.calls()).toBe(1)
  })

  it('uses what set-up left in the cache: the unpacked package or its archive', async () => {
    const folder = temporaryFolder()
    const tiny = makeTinyDataset(folder)
    const unpacked = temporaryFolder()
    cpSync(path.join(folder, 'package'), path.join(unpacked, 'datasets', 'tiny-1.0.0'), { recursive: true })
    await get(open(tiny, unpacked))
    const packed = temporaryFolder()
    mkdirSync(path.join(packed, 'downloads'))
    cpSync(tiny.archive, path.join(packed, 'downloads', 'tiny-1.0.0.tgz'))
    await get(open(tiny, packed))
    expect(tiny.download.calls()).toBe(0)
  })

  it('fetches again when the raw files in the cache are not what is pinned', async () => {
    const folder = temporaryFolder()
    const tiny = makeTinyDataset(folder)
    const cache = temporaryFolder()
    const raw = path.join(cache, 'datasets', 'tiny-1.0.0')
    cpSync(path.join(folder, 'package'), raw, { recursive: true })
    truncateSync(path.join(raw, 'two.png'), 40)
    const datasets = open(tiny, cache)
    await get(datasets)
    expect(tiny.download.calls()).toBe(1)
    expect((await datasets.check('tiny')).ok).toBe(true)
  })
})

describe('what is damaged', () => {
  it('is not fetched again under whoever reads it', async () => {
    const cache = temporaryFolder()
    const datasets = open(makeTinyDataset(temporaryFolder()), cache)
    await get(datasets)
    const images = path.join(cache, 'datasets', 'tiny', 'train', 'images.u8')
    truncateSync(images, 100)
    const release = datasets.hold('tiny', 'the export of trial 3')
    await expect(get(datasets)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('the export of trial 3') as string,
    })
    expect(readFileSync(images)).toHaveLength(100)
    release()
    expect((await get(datasets)).at(-1)).toMatchObject({ stage: 'ready' })
  })

  it('a prepared file that changed is found by check, one that shrank at once, and get repairs it', async () => {
    const cache = temporaryFolder()
    const datasets = open(makeTinyDataset(temporaryFolder()), cache)
    await get(datasets)
    const images = path.join(cache, 'datasets', 'tiny', 'train', 'images.u8')
    const bytes = readFileSync(images)
    bytes[100]! ^= 1
    writeFileSync(images, bytes)
    const checked = await datasets.check('tiny')
    expect(checked.ok).toBe(false)
    expect(checked.problems[0]).toContain('train/images.u8')
    truncateSync(images, 100)
    expect((await datasets.list())[0]).toMatchObject({
      state: 'damaged',
      problem: expect.stringContaining('100 bytes') as string,
    })
    await expect(datasets.ready('tiny')).rejects.toMatchObject({ code: 'dataset-damaged' })
    await get(datasets)
    expect((await datasets.check('tiny')).ok).toBe(true)
  })

  it('a damaged archive is refused by the reader even when its own hash is the pinned one', async () => {
    const cache = temporaryFolder()
    const tiny = makeTinyDataset(temporaryFolder())
    truncateSync(tiny.archive, readFileSync(tiny.archive).length - 200)
    const { createHash } = await import('node:crypto')
    const sha256 = createHash('sha256').update(readFileSync(tiny.archive)).digest('hex')
    const source = { ...tiny.source, package: { ...tiny.source.package, sha256 } }
    await expect(get(open(tiny, cache, source))).rejects.toMatchObject({ code: 'dataset-damaged' })
    expect(readdirSync(path.join(cache, 'datasets'))).toEqual([])
  })

  it.each([
    ['labels of the wrong counts', (count: number) => Array.from({ length: count }, () => 0), /per class 60, 0, 0/],
    ['too few labels', (count: number) => Array.from({ length: count - 1 }, (_, i) => i % 3), /59 labels/],
    ['labels out of range', (count: number) => Array.from({ length: count }, () => 9), /class numbers below 3/],
  ])('%s are refused', async (_name, labels, message) => {
    const tiny = makeTinyDataset(temporaryFolder(), labels)
    await expect(get(open(tiny, temporaryFolder()))).rejects.toThrow(message)
  })

  it('statistics that are not the published ones are refused', async () => {
    const tiny = makeTinyDataset(temporaryFolder())
    const published = { mean: [0.9, 0.9, 0.9], deviation: [0.1, 0.1, 0.1], tolerance: 0.001 }
    await expect(get(open(tiny, temporaryFolder(), { ...tiny.source, published }))).rejects.toThrow(/not the published/)
  })

  it('a manifest of an unknown format or with noise at its end is damaged, not trusted', async () => {
    const cache = temporaryFolder()
    const datasets = open(makeTinyDataset(temporaryFolder()), cache)
    await get(datasets)
    appendFileSync(path.join(cache, 'datasets', 'tiny', 'manifest.json'), '}')
    expect((await datasets.list())[0]?.state).toBe('damaged')
  })

  it('a failed download is told to everyone and can be tried again', async () => {
    const tiny = makeTinyDataset(temporaryFolder())
    let calls = 0
    const datasets = createDatasets({
      cacheFolder: temporaryFolder(),
      catalogue: [tiny.source],
      download: (...args) => (calls++ === 0 ? Promise.reject(new Error('no network')) : tiny.download(...args)),
    })
    const both = await Promise.allSettled([get(datasets), get(datasets)])
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect((await get(datasets)).at(-1)?.stage).toBe('ready')
  })

  it.skipIf(process.getuid?.() === 0)('a cache that cannot be written is reported with a way out', async () => {
    const cache = temporaryFolder()
    chmodSync(cache, 0o500)
    await expect(get(open(makeTinyDataset(temporaryFolder()), cache))).rejects.toMatchObject({ code: 'storage-failed' })
    chmodSync(cache, 0o700)
  })

  it('an unknown name is refused with the known ones', async () => {
    const datasets = open(makeTinyDataset(temporaryFolder()), temporaryFolder())
    await expect(datasets.ready('imagenet')).rejects.toMatchObject({ code: 'not-found', fix: 'Choose one of: tiny.' })
  })
})

describe('a preview', () => {
  it('shows distinct real images of the train split, the same for the same seed', async () => {
    const datasets = open(makeTinyDataset(temporaryFolder()), temporaryFolder())
    await get(datasets)
    const preview = await datasets.preview('tiny', 7, 3)
    expect(preview).toEqual(await datasets.preview('tiny', 7, 3))
    expect(new Set(preview.samples.map(({ index }) => index)).size).toBe(7)
    expect(preview.classCounts).toEqual([20, 20, 20])
    const { images } = (await datasets.ready('tiny')).files('train')
    const [sample] = preview.samples
    const png = PNG.sync.read(Buffer.from(sample!.png.split(',')[1]!, 'base64'))
    const expected = readFileSync(images).subarray(sample!.index * 48, sample!.index * 48 + 48)
    expect([...png.data].filter((_, index) => index % 4 !== 3)).toEqual([...expected])
    expect(sample!.label).toBe(sample!.index % 3)
    expect((await datasets.preview('tiny', 200, 0)).samples).toHaveLength(60)
  })
})
