// The user's own data sets as a service: what may take whose place, what breaking off leaves, and what a search gets.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { PNG } from 'pngjs'
import { describe, expect, it } from 'vitest'
import { importRequestSchema } from '@shared/contract/datasets'
import { listing } from '@node/testing/listing'
import { temporaryFolder } from '../testing/temporary-folder'
import { createDatasets } from './datasets'
import { cifar10 } from './sources/cifar-10'
import { zipOf } from './testing/archives'
import { importHarness } from './testing/import-harness'
import { classFolderFiles, pngOf } from './testing/small-files'

function folderOfImages(perClass = 12, seed = 1): string {
  const folder = temporaryFolder()
  for (const { name, data } of classFolderFiles(perClass, seed)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    writeFileSync(path.join(folder, name), data!)
  }
  return folder
}

describe('an import', () => {
  it('is listed, described, previewed and ready for a search by its name', async () => {
    const { datasets, run } = importHarness()
    const steps = await run({ path: folderOfImages(), name: 'mine' })
    expect(steps.at(-1)).toMatchObject({ stage: 'ready', fraction: 1 })
    expect(steps.map(({ stage }) => stage)).toContain('writing')
    expect(await datasets.list()).toMatchObject([
      { name: 'mine', state: 'ready', isImported: true, shape: [8, 8, 3], classes: ['left', 'right'], trainImages: 20 },
    ])
    expect(datasets.describe('mine')).toEqual({ shape: [8, 8, 3], classes: 2, trainImages: 20 })
    expect((await datasets.preview('mine', 5, 0)).classCounts).toEqual([10, 10])
    const ready = await datasets.ready('mine')
    expect([...(await ready.trainLabels())].sort()).toEqual([
      ...Array<number>(10).fill(0),
      ...Array<number>(10).fill(1),
    ])
    const inspection = await datasets.inspect('mine')
    expect(inspection.report).toMatchObject({ kind: 'class-folders', testFrom: 'share' })
    expect(inspection.report?.sizes).toMatchObject({ distinct: 1, height: { min: 8, median: 8, max: 8 } })
    for await (const step of datasets.get('mine')) expect(step.stage).toBe('ready')
  })

  it('has every image of its files exactly once, under the name of its file', async () => {
    const { datasets, run } = importHarness()
    await run({ path: folderOfImages(), name: 'mine' })
    const { manifest, files } = await datasets.ready('mine')
    const seen: string[] = []
    for (const split of ['train', 'test'] as const) {
      const { images, labels, count } = files(split)
      const names = readFileSync(images.replace('images.u8', 'names.txt'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as string)
      expect(names).toHaveLength(count)
      const pixels = readFileSync(images)
      names.forEach((name, index) => {
        seen.push(name)
        expect(manifest.classes[readFileSync(labels)[index]!]).toBe(name.split('/')[0])
        const label = name.startsWith('left') ? 0 : 1
        const png = PNG.sync.read(pngOf(8, 8, 10_000 + label * 1000 + Number(/(\d+)\.png$/.exec(name)![1])))
        const rgb = [...png.data].filter((_value, at) => at % 4 !== 3)
        expect([...pixels.subarray(index * 192, (index + 1) * 192)]).toEqual(rgb)
      })
    }
    expect(seen.sort()).toEqual(
      classFolderFiles(12)
        .map(({ name }) => name)
        .sort(),
    )
  })

  it('tells what a path is before it is read, also inside an archive', async () => {
    const { datasets } = importHarness()
    const zip = path.join(temporaryFolder(), 'My Pictures (2).zip')
    writeFileSync(zip, zipOf(classFolderFiles(3)))
    expect(await datasets.recognise({ path: zip, kind: null, splits: null })).toEqual({
      kind: 'class-folders',
      classes: 2,
      images: 6,
      hasTest: false,
      shape: null,
      suggestedName: 'my-pictures-2',
      preview: [
        { name: 'left', train: 0, test: 0, open: 3 },
        { name: 'right', train: 0, test: 0, open: 3 },
      ],
      notes: [],
      question: null,
    })
    await expect(datasets.recognise({ path: '/nowhere', kind: null, splits: null })).rejects.toMatchObject({
      code: 'invalid-input',
    })
    await expect(datasets.recognise({ path: temporaryFolder(), kind: null, splits: null })).rejects.toThrow(
      /holds no files/,
    )
  })

  it('warns when the test split repeats training images', async () => {
    const { datasets, run } = importHarness()
    const folder = temporaryFolder()
    for (const split of ['train', 'test']) {
      for (const { name, data } of classFolderFiles(split === 'train' ? 8 : 3)) {
        mkdirSync(path.dirname(path.join(folder, split, name)), { recursive: true })
        writeFileSync(path.join(folder, split, name), data!)
      }
    }
    await run({ path: folder, name: 'mine' })
    const { report } = await datasets.inspect('mine')
    expect(report?.testFrom).toBe('given')
    expect(report?.duplicates.exact).toEqual({ withinTrain: 0, withinTest: 0, across: 6 })
    expect(report?.duplicates.examples[0]).toMatchObject({
      first: 'train/left/0.png',
      second: 'test/left/0.png',
      isAcross: true,
    })
    expect(report?.notes.join(' ')).toContain('Warning: 6 test images are in the training split too')
  })

  it('does not take a name that is taken, unless it is to replace an import', async () => {
    const { datasets, run } = importHarness()
    await run({ path: folderOfImages(), name: 'mine' })
    const before = (await datasets.ready('mine')).fingerprint
    await expect(run({ path: folderOfImages(), name: 'mine' })).rejects.toMatchObject({ code: 'conflict' })
    expect((await datasets.ready('mine')).fingerprint).toBe(before)
    await run({ path: folderOfImages(12, 2), name: 'mine', replace: true })
    expect((await datasets.ready('mine')).fingerprint).not.toBe(before)
    const catalogue = createDatasets({
      cacheFolder: temporaryFolder(),
      catalogue: [cifar10],
      imports: { folder: temporaryFolder(), isReadOnly: false },
    })
    const request = importRequestSchema.parse({ path: '/x', name: 'cifar-10' })
    await expect(catalogue.import(request, new AbortController().signal).next()).rejects.toMatchObject({
      code: 'conflict',
    })
  })

  it('that is replaced or removed takes nothing with it that somebody put there', async () => {
    const { datasets, folder, run } = importHarness()
    await run({ path: folderOfImages(), name: 'mine' })
    writeFileSync(path.join(folder, 'mine', 'train', 'notes.txt'), 'theirs')
    const before = listing(folder)
    const refusal = { code: 'conflict', message: expect.stringContaining('train/notes.txt') as string }
    await expect(run({ path: folderOfImages(12, 2), name: 'mine', replace: true })).rejects.toMatchObject(refusal)
    await expect(datasets.remove('mine')).rejects.toMatchObject(refusal)
    expect(listing(folder)).toEqual(before)
    rmSync(path.join(folder, 'mine', 'train', 'notes.txt'))
    await datasets.remove('mine')
    expect(readdirSync(folder)).toEqual([])
  })

  it('does not take the place of a link or a file', async () => {
    const { folder, run } = importHarness()
    const elsewhere = temporaryFolder()
    mkdirSync(folder, { recursive: true })
    symlinkSync(elsewhere, path.join(folder, 'mine'))
    writeFileSync(path.join(folder, 'other'), 'theirs')
    const before = listing(folder)
    for (const name of ['mine', 'other'])
      await expect(run({ path: folderOfImages(), name, replace: true })).rejects.toMatchObject({ code: 'conflict' })
    expect(listing(folder)).toEqual(before)
  })

  it('that fails leaves the one it was to replace', async () => {
    const { datasets, folder, run } = importHarness()
    await run({ path: folderOfImages(), name: 'mine' })
    await expect(run({ path: temporaryFolder(), name: 'mine', replace: true })).rejects.toMatchObject({
      code: 'invalid-input',
    })
    expect(readdirSync(folder)).toEqual(['mine'])
    expect((await datasets.check('mine')).ok).toBe(true)
  })

  it('that is broken off leaves nothing, and can be begun again', async () => {
    const { datasets, folder, run } = importHarness()
    const source = folderOfImages(60)
    const request = importRequestSchema.parse({ path: source, name: 'mine' })
    for await (const { stage } of datasets.import(request, new AbortController().signal)) if (stage === 'writing') break
    expect(readdirSync(folder)).toEqual([])
    const abort = new AbortController()
    for await (const { stage } of datasets.import(request, abort.signal)) if (stage === 'checking') abort.abort()
    expect(readdirSync(folder)).toEqual([])
    await run({ path: source, name: 'mine' })
    expect(readdirSync(folder)).toEqual(['mine'])
  })

  it('sweeps what an end of the program left half-written', async () => {
    const { folder, run } = importHarness()
    mkdirSync(path.join(folder, 'other.partial-abc', 'train'), { recursive: true })
    await run({ path: folderOfImages(), name: 'mine' })
    expect(readdirSync(folder)).toEqual(['mine'])
  })

  it('needs a workspace of its own to write to', async () => {
    const { datasets, run } = importHarness({ isReadOnly: true })
    await expect(run({ path: folderOfImages(), name: 'mine' })).rejects.toMatchObject({ code: 'read-only' })
    expect(await datasets.list()).toEqual([])
  })

  it('is removed by name; one without its manifest is damaged, with a way out', async () => {
    const { datasets, folder, run } = importHarness()
    await run({ path: folderOfImages(), name: 'mine' })
    rmSync(path.join(folder, 'mine', 'manifest.json'))
    expect((await datasets.list())[0]).toMatchObject({ state: 'damaged', problem: 'its manifest is missing' })
    expect(() => datasets.describe('mine')).toThrow(/damaged/)
    await expect(datasets.ready('mine')).rejects.toMatchObject({
      code: 'dataset-damaged',
      commandLine: expect.stringContaining('--replace') as string,
    })
    await datasets.remove('mine')
    expect(readdirSync(folder)).toEqual([])
    await expect(datasets.remove('mine')).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('more classes than a byte can name', () => {
  it('have labels of two bytes, which previews and searches read', async () => {
    const { datasets, run } = importHarness()
    const folder = temporaryFolder()
    for (let label = 0; label < 300; label++) {
      for (const split of ['train', 'test']) {
        const place = path.join(folder, split, `class-${String(label).padStart(3, '0')}`)
        mkdirSync(place, { recursive: true })
        writeFileSync(path.join(place, 'a.png'), pngOf(2, 2, label * 2 + (split === 'test' ? 1 : 0)))
      }
    }
    await run({ path: folder, name: 'wide' })
    const ready = await datasets.ready('wide')
    expect([...(await ready.trainLabels())]).toEqual(Array.from({ length: 300 }, (_, label) => label))
    expect(ready.files('train').labels.endsWith('labels.u16')).toBe(true)
    const { samples } = await datasets.preview('wide', 200, 1)
    for (const { index, label } of samples) expect(label).toBe(index)
  })
})

describe('a data set that a search trains with', () => {
  it('is neither replaced nor removed before the search has let go of it', async () => {
    let users = ['run 3 "Birds"']
    const { datasets, run } = importHarness({ usersOf: (name) => (name === 'mine' ? users : []) })
    users = []
    await run({ path: folderOfImages(), name: 'mine' })
    const { fingerprint } = await datasets.ready('mine')
    users = ['run 3 "Birds"']
    const refusal = { code: 'conflict', message: expect.stringContaining('run 3 "Birds"') as string }
    await expect(datasets.remove('mine')).rejects.toMatchObject(refusal)
    await expect(run({ path: folderOfImages(12, 2), name: 'mine', replace: true })).rejects.toMatchObject(refusal)
    expect((await datasets.ready('mine')).fingerprint).toBe(fingerprint)
    await run({ path: folderOfImages(), name: 'another' })
    users = []
    await run({ path: folderOfImages(12, 2), name: 'mine', replace: true })
    expect((await datasets.ready('mine')).fingerprint).not.toBe(fingerprint)
    await datasets.remove('mine')
  })

  it('is not given to a search while it is being replaced or removed', async () => {
    const { datasets, run } = importHarness()
    const source = folderOfImages()
    await run({ path: source, name: 'mine' })
    const steps = datasets.import(
      importRequestSchema.parse({ path: source, name: 'mine', replace: true }),
      new AbortController().signal,
    )
    await steps.next()
    await expect(datasets.ready('mine')).rejects.toMatchObject({ code: 'conflict' })
    for await (const _step of steps) continue
    await datasets.ready('mine')
    const removal = datasets.remove('mine')
    await expect(datasets.ready('mine')).rejects.toMatchObject({ code: 'conflict' })
    await removal
  })
})

describe('after an end of the program in the middle of an import', () => {
  it('a data set that was about to be replaced is back, and what was half-written is gone', async () => {
    const first = importHarness()
    const { folder } = first
    await first.run({ path: folderOfImages(), name: 'mine' })
    const { fingerprint } = await first.datasets.ready('mine')
    await first.datasets.close()
    renameSync(path.join(folder, 'mine'), path.join(folder, 'mine.partial-x1y2z3.old'))
    for (const left of ['mine.partial-x1y2z3', 'other.partial-aaaaaa']) mkdirSync(path.join(folder, left))
    const second = importHarness({ folder })
    expect((await second.datasets.ready('mine')).fingerprint).toBe(fingerprint)
    await expect.poll(() => readdirSync(folder)).toEqual(['mine'])
    await second.datasets.close()
  })
})
