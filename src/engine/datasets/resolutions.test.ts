import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { dataSelectionSchema } from '@shared/search/run'
import { makeTinyDataset } from '../testing/tiny-dataset'
import { temporaryFolder } from '../testing/temporary-folder'
import { createDatasets } from './datasets'
import type { Decoders } from './images/decoders'
import { inPlaceDecoders } from './testing/in-place-decoders'
import { stratifiedSplit } from './split'
import { importHarness, type ImportHarness } from './testing/import-harness'
import { cifarRecords, pngOf } from './testing/small-files'

/** Sixty images of CIFAR-10 and twelve for the test, as "large". */
async function original(options: Parameters<typeof importHarness>[0] = {}): Promise<ImportHarness> {
  const place = temporaryFolder()
  writeFileSync(path.join(place, 'data_batch_1.bin'), cifarRecords(60, 1))
  writeFileSync(path.join(place, 'test_batch.bin'), cifarRecords(12, 2))
  const harness = importHarness(options)
  await harness.run({ path: place, name: 'large' })
  return harness
}

const PIXELS_AND_LABELS = ['train/images.u8', 'train/labels.u8', 'test/images.u8', 'test/labels.u8']
const below = (harness: ImportHarness, ...names: string[]): string => path.join(harness.folder, ...names)
const resolutionsOf = (harness: ImportHarness): string[] => readdirSync(below(harness, 'large/resolutions')).sort()

describe('a data set at a resolution', () => {
  it.each([8, 16, 31])('of %i pixels is, byte by byte, what an import of that size makes', async (resolution) => {
    const harness = await original()
    await harness.reduce('large', resolution)
    await harness.run({ path: 'dataset:large', name: 'small', size: [resolution, resolution] })
    for (const name of PIXELS_AND_LABELS) {
      const reduced = readFileSync(below(harness, `large/resolutions/${resolution}`, name))
      expect(reduced.equals(readFileSync(below(harness, 'small', name))), name).toBe(true)
    }
    const [reduced, imported] = [
      await harness.datasets.ready('large', resolution),
      await harness.datasets.ready('small'),
    ]
    expect(reduced.files('train')).toEqual({
      ...imported.files('train'),
      images: reduced.files('train').images,
      labels: reduced.files('train').labels,
    })
    expect(reduced.fingerprint).toBe(imported.fingerprint)
    expect(reduced.fingerprint).not.toBe((await harness.datasets.ready('large')).fingerprint)
  })

  it('cuts the longer side of images that are not square, as that import does', async () => {
    const place = temporaryFolder()
    for (const name of ['train/a', 'train/b', 'test/a', 'test/b']) {
      const folder = path.join(place, name)
      mkdirSync(folder, { recursive: true })
      for (let index = 0; index < 4; index++)
        writeFileSync(path.join(folder, `${index}.png`), pngOf(24, 16, name.length * 10 + index + name.charCodeAt(6)))
    }
    const harness = importHarness()
    await harness.run({ path: place, name: 'large' })
    await harness.reduce('large', 16)
    await harness.run({ path: 'dataset:large', name: 'small', size: [16, 16] })
    for (const name of PIXELS_AND_LABELS)
      expect(readFileSync(below(harness, 'large/resolutions/16', name)), name).toEqual(
        readFileSync(below(harness, 'small', name)),
      )
    await expect(harness.reduce('large', 20)).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining('enlarge') as string,
    })
  })

  it('has the same images in the same split for the same seed', async () => {
    const { datasets, reduce } = await original()
    await reduce('large', 16)
    const [full, small] = [await datasets.ready('large'), await datasets.ready('large', 16)]
    for (const splitSeed of [0, 1, 7]) {
      const selection = dataSelectionSchema.parse({
        dataset: 'large',
        trainImages: 25,
        validationImages: 20,
        splitSeed,
      })
      const drawn = stratifiedSplit(await full.trainLabels(), 10, selection)
      expect(stratifiedSplit(await small.trainLabels(), 10, selection)).toEqual(drawn)
    }
  })

  it('is made once, also for two who ask at once, and told step by step', async () => {
    const harness = await original()
    await expect(harness.datasets.ready('large', 16)).rejects.toMatchObject({ code: 'dataset-missing' })
    const [first] = await Promise.all([harness.reduce('large', 16), harness.reduce('large', 16)])
    expect(first.at(-1)).toMatchObject({ stage: 'ready', fraction: 1 })
    expect(first.some(({ stage, message }) => stage === 'writing' && message.includes('16 x 16'))).toBe(true)
    expect(resolutionsOf(harness)).toEqual(['16'])
    const manifest = readFileSync(below(harness, 'large/resolutions/16/manifest.json'))
    expect((await harness.reduce('large', 16)).map(({ stage }) => stage)).toEqual(['checking', 'ready'])
    expect(readFileSync(below(harness, 'large/resolutions/16/manifest.json')).equals(manifest)).toBe(true)
  })

  it('is no data set of the user, counts in the size of its own, and goes with it', async () => {
    const harness = await original()
    const { datasets } = harness
    const [before] = await datasets.list()
    await harness.reduce('large', 16)
    await harness.reduce('large', 8)
    const [after, ...others] = await datasets.list()
    expect(others).toEqual([])
    expect(after!.resolutions?.map(({ resolution }) => resolution)).toEqual([8, 16])
    // A quarter and a sixteenth of 72 images, with their names and manifests.
    expect(after!.resolutions![1]!.bytes).toBeGreaterThan(72 * 16 * 16 * 3)
    const kept = after!.resolutions!.reduce((sum, { bytes }) => sum + bytes, 0)
    expect(after!.sizeBytes).toBe(before!.sizeBytes + kept)
    await datasets.remove('large', 8)
    expect(resolutionsOf(harness)).toEqual(['16'])
    await expect(datasets.remove('large', 8)).rejects.toMatchObject({
      code: 'not-found',
      fix: expect.stringContaining('16') as string,
    })
    await datasets.remove('large')
    expect(readdirSync(harness.folder)).toEqual([])
  })

  it('goes when its data set is replaced, and is made of the new images', async () => {
    const harness = await original()
    await harness.reduce('large', 16)
    const before = (await harness.datasets.ready('large', 16)).fingerprint
    const place = temporaryFolder()
    writeFileSync(path.join(place, 'data_batch_1.bin'), cifarRecords(60, 8))
    writeFileSync(path.join(place, 'test_batch.bin'), cifarRecords(12, 9))
    await harness.run({ path: place, name: 'large', replace: true })
    await expect(harness.datasets.ready('large', 16)).rejects.toMatchObject({ code: 'dataset-missing' })
    await harness.reduce('large', 16)
    expect((await harness.datasets.ready('large', 16)).fingerprint).not.toBe(before)
  })

  it('is made again where it is damaged or of other images, and `check` tells of changed bytes', async () => {
    const harness = await original()
    await harness.reduce('large', 16)
    const images = below(harness, 'large/resolutions/16/train/images.u8')
    const whole = readFileSync(images)
    truncateSync(images, 100)
    await harness.reduce('large', 16)
    expect(readFileSync(images).equals(whole)).toBe(true)

    const manifestFile = below(harness, 'large/resolutions/16/manifest.json')
    writeFileSync(manifestFile, readFileSync(manifestFile, 'utf8').replace(/"madeFrom": "./, '"madeFrom": "x'))
    await expect(harness.datasets.ready('large', 16)).rejects.toMatchObject({ code: 'dataset-missing' })
    await harness.reduce('large', 16)
    expect(await harness.datasets.check('large')).toEqual({ ok: true, problems: [] })

    const changed = Buffer.from(whole)
    changed[0]! ^= 1
    writeFileSync(images, changed)
    const { ok, problems } = await harness.datasets.check('large')
    expect([ok, problems.length]).toEqual([false, 1])
    expect(problems[0]).toMatch(/^at 16 pixels: train\/images\.u8.*the next search makes it again/)
  })

  it.each([[32], [64], [7], [12.5]])('of %d pixels is refused before anything is made', async (resolution) => {
    const harness = await original()
    const refused = { code: 'invalid-input', fix: expect.stringContaining('from 8 to 31') as string }
    await expect(harness.reduce('large', resolution)).rejects.toMatchObject(refused)
    expect(() => harness.datasets.describe('large', resolution)).toThrow(expect.objectContaining(refused) as Error)
    expect(existsSync(below(harness, 'large/resolutions'))).toBe(false)
    expect(harness.datasets.describe('large', 16).shape).toEqual([16, 16, 3])
  })

  it('is never made of a data set with an image that cannot be used', async () => {
    const harness = await original()
    // Every byte there, so only reading shows that a label names no class.
    const labels = below(harness, 'large/train/labels.u8')
    const bytes = readFileSync(labels)
    bytes[5] = 200
    const hashOf = (content: Buffer): string => createHash('sha256').update(content).digest('hex')
    const manifest = below(harness, 'large/manifest.json')
    const text = readFileSync(manifest, 'utf8').replace(hashOf(readFileSync(labels)), hashOf(bytes))
    writeFileSync(labels, bytes)
    await expect(harness.reduce('large', 16)).rejects.toMatchObject({
      code: 'dataset-damaged',
      message: expect.stringContaining('train/labels.u8') as string,
    })
    // Not even with the hash that it has now.
    writeFileSync(manifest, text)
    await expect(harness.reduce('large', 16)).rejects.toMatchObject({
      code: 'dataset-damaged',
      message: expect.stringContaining('image 6') as string,
    })
    expect(resolutionsOf(harness)).toEqual([])
  })
})

/** Decoders that hold every batch until they are let go. */
function heldDecoders() {
  let release = (): void => undefined
  const held = new Promise<void>((resolve) => (release = resolve))
  const place = inPlaceDecoders()
  const start = (): Decoders => ({ ...place, prepare: (batch) => held.then(() => place.prepare(batch)) })
  return { start, release }
}

/** The data set "large", whose images are resized no further than `release` lets them. */
async function withHeldDecoders() {
  const folder = temporaryFolder()
  await original({ folder })
  const { start, release } = heldDecoders()
  const imports = { folder, isReadOnly: false, startDecoders: start }
  const datasets = createDatasets({ cacheFolder: temporaryFolder(), catalogue: [], imports })
  return { folder, datasets, release }
}

describe('images of a set of the catalogue', () => {
  it('are not removed while another program holds the workspace, or while somebody reads them', async () => {
    const tiny = makeTinyDataset(temporaryFolder(), undefined, 16)
    const cacheFolder = temporaryFolder()
    const engine = (isReadOnly: boolean) =>
      createDatasets({
        cacheFolder,
        catalogue: [tiny.source],
        download: tiny.download,
        imports: { folder: temporaryFolder(), isReadOnly, startDecoders: inPlaceDecoders },
      })
    const [holder, other] = [engine(false), engine(true)]
    const side = 8
    const has = () => existsSync(path.join(cacheFolder, 'datasets', 'tiny', 'resolutions', String(side)))
    for await (const _step of holder.get('tiny', undefined, side)) continue
    await expect(other.remove('tiny', side)).rejects.toMatchObject({ code: 'read-only' })
    const release = holder.hold('tiny', 'the export of trial 3')
    await expect(holder.remove('tiny', side)).rejects.toMatchObject({ code: 'conflict' })
    expect(has()).toBe(true)
    release()
    await holder.remove('tiny', side)
    expect(has()).toBe(false)
    expect(readdirSync(path.join(cacheFolder, 'datasets', 'tiny', 'resolutions'))).toEqual([])
  })
})

describe('images that are being made', () => {
  it('keep their data set from being replaced or removed', async () => {
    const { datasets, release } = await withHeldDecoders()
    const leaving = new AbortController()
    const steps = datasets.get('large', leaving.signal, 16)
    await steps.next()
    const refused = { code: 'conflict', message: expect.stringContaining('being made') as string }
    await expect(datasets.remove('large')).rejects.toMatchObject(refused)
    await expect(datasets.remove('large', 16)).rejects.toMatchObject(refused)
    const replaced = async (): Promise<void> => {
      const request = {
        path: 'dataset:large',
        name: 'large',
        kind: null,
        splits: null,
        size: [8, 8] as [number, number],
        policy: 'crop' as const,
        channels: null,
        testShare: 0.2,
        seed: 0,
        replace: true,
      }
      for await (const _step of datasets.import(request, leaving.signal)) continue
    }
    await expect(replaced()).rejects.toMatchObject(refused)
    // Who leaves leaves it running; the next one joins.
    leaving.abort()
    expect((await steps.next()).done).toBe(true)
    release()
    for await (const _step of datasets.get('large', undefined, 16)) continue
    expect((await datasets.ready('large', 16)).manifest.shape).toEqual([16, 16, 3])
    await datasets.remove('large')
  })

  it('leave nothing when the engine closes', async () => {
    const { folder, datasets, release } = await withHeldDecoders()
    const steps = datasets.get('large', undefined, 16)
    await steps.next()
    const closed = datasets.close()
    release()
    await closed
    await expect(
      (async () => {
        for await (const _step of steps) continue
      })(),
    ).rejects.toMatchObject({ code: 'cancelled' })
    expect(readdirSync(path.join(folder, 'large/resolutions'))).toEqual([])
  })

  it('are not made in a workspace that another program holds, but those that are there are read', async () => {
    const folder = temporaryFolder()
    await (await original({ folder })).reduce('large', 16)
    const reader = importHarness({ folder, isReadOnly: true })
    await reader.reduce('large', 16)
    await expect(reader.reduce('large', 8)).rejects.toMatchObject({ code: 'read-only' })
    await expect(reader.datasets.remove('large', 16)).rejects.toMatchObject({ code: 'read-only' })
  })

  it('are not removed while a search trains with their data set', async () => {
    const users: string[] = []
    const harness = await original({ usersOf: () => users })
    await harness.reduce('large', 16)
    users.push('run 1 "x"')
    await expect(harness.datasets.remove('large', 16)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('run 1') as string,
    })
  })

  it('that a program left half-written a day ago are swept, younger ones may be another’s', async () => {
    const harness = await original()
    await harness.reduce('large', 16)
    for (const [name, hours] of [
      ['8.partial-old', 25],
      ['8.partial-new', 1],
    ] as const) {
      const place = below(harness, 'large/resolutions', name)
      writeFileSync(place, '')
      const at = new Date(Date.now() - hours * 3600 * 1000)
      utimesSync(place, at, at)
    }
    await harness.reduce('large', 24)
    expect(resolutionsOf(harness)).toEqual(['16', '24', '8.partial-new'])
  })
})

describe('a catalogue set at a resolution', () => {
  it('is fetched first, refused before that where the size is wrong, and can give its smaller images back', async () => {
    const cacheFolder = temporaryFolder()
    const tiny = makeTinyDataset(temporaryFolder(), undefined, 16)
    const open = () =>
      createDatasets({ cacheFolder, catalogue: [tiny.source], download: tiny.download, startDecoders: inPlaceDecoders })
    const datasets = open()
    const all = async (resolution: number) => {
      const steps = []
      for await (const step of datasets.get('tiny', undefined, resolution)) steps.push(step)
      return steps
    }
    await expect(all(16)).rejects.toMatchObject({ code: 'invalid-input' })
    expect(tiny.download.calls()).toBe(0)
    const steps = await all(8)
    expect(tiny.download.calls()).toBe(1)
    expect(steps.filter(({ stage }) => stage === 'ready')).toHaveLength(1)
    expect((await datasets.ready('tiny', 8)).files('test')).toMatchObject({ shape: [8, 8, 3], count: 15 })
    await expect(datasets.remove('tiny')).rejects.toMatchObject({ code: 'invalid-input' })
    await datasets.remove('tiny', 8)
    expect((await datasets.list())[0]!.resolutions).toBeUndefined()
    // Nothing of it depends on the program that made it.
    rmSync(path.join(cacheFolder, 'datasets/tiny/resolutions'), { recursive: true })
    for await (const _step of open().get('tiny', undefined, 8)) continue
    expect((await datasets.ready('tiny', 8)).manifest.shape).toEqual([8, 8, 3])
  })
})
