import { copyFileSync, readFileSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../testing/temporary-folder'
import { makeTinyDataset } from '../testing/tiny-dataset'
import { createContentCheck } from './content-check'
import { createDatasets } from './datasets'
import { readManifest, readPrepared } from './manifest'

async function prepared() {
  const cacheFolder = temporaryFolder()
  const tiny = makeTinyDataset(temporaryFolder())
  const datasets = createDatasets({ cacheFolder, catalogue: [tiny.source], download: tiny.download })
  for await (const _step of datasets.get('tiny')) continue
  const folder = path.join(cacheFolder, 'datasets', 'tiny')
  return { datasets, folder, manifest: readManifest(folder)!, labels: path.join(folder, 'train', 'labels.u8') }
}

const damaged = (file: string): Buffer => readFileSync(file).fill(0)

describe('the content of a data set', () => {
  it('is looked at again when a file was written with the same size and its old time', async () => {
    const { folder, manifest, labels } = await prepared()
    const content = createContentCheck()
    expect(await content.problems(folder, manifest)).toEqual([])
    const { atime, mtime } = statSync(labels)
    writeFileSync(labels, damaged(labels))
    utimesSync(labels, atime, mtime)
    expect(await content.problems(folder, manifest)).toEqual([expect.stringContaining('train/labels.u8')])
    expect(await content.known(folder, manifest)).toHaveLength(1)
  })

  it('is looked at again when another file took the place, and is whole once the first is back', async () => {
    const { folder, manifest, labels } = await prepared()
    const content = createContentCheck()
    copyFileSync(labels, `${labels}.kept`)
    writeFileSync(`${labels}.other`, damaged(labels))
    expect(await content.problems(folder, manifest)).toEqual([])
    renameSync(`${labels}.other`, labels)
    expect(await Promise.all([content.problems(folder, manifest), content.problems(folder, manifest)])).toEqual([
      [expect.stringContaining('train/labels.u8')],
      [expect.stringContaining('train/labels.u8')],
    ])
    renameSync(`${labels}.kept`, labels)
    expect(await content.problems(folder, manifest)).toEqual([])
  })

  it('damaged, is not reduced, copied by an import or served; fetching again mends it', async () => {
    const { datasets, labels } = await prepared()
    writeFileSync(labels, damaged(labels))
    await expect(datasets.ready('tiny')).rejects.toMatchObject({ code: 'dataset-damaged' })
    expect((await datasets.list())[0]).toMatchObject({ state: 'damaged' })
    await expect(datasets.preview('tiny', 1, 0)).rejects.toMatchObject({ code: 'dataset-damaged' })
    for await (const _step of datasets.get('tiny')) continue
    expect((await datasets.ready('tiny')).manifest.name).toBe('tiny')
  })
})

describe('a manifest', () => {
  it.each([
    '../train/labels.u8',
    '/etc/passwd',
    'train/../../labels.u8',
    'C:\\labels.u8',
    'train//labels.u8',
    '',
    '.x/y',
  ])('that names the file %j is damaged', async (name) => {
    const { folder, manifest } = await prepared()
    manifest.splits.train.labels.path = name
    writeFileSync(path.join(folder, 'manifest.json'), JSON.stringify(manifest))
    expect(await readPrepared(folder)).toMatchObject({
      state: 'damaged',
      problem: expect.stringContaining('splits.train.labels.path: expected plain names') as string,
    })
  })
})
