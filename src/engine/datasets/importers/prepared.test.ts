import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../testing/temporary-folder'
import { importHarness, type ImportHarness } from '../testing/import-harness'
import { cifarRecords } from '../testing/small-files'

/** Sixty images of CIFAR-10 and their twelve for the test, imported as they are. */
async function original(): Promise<ImportHarness> {
  const place = temporaryFolder()
  writeFileSync(path.join(place, 'data_batch_1.bin'), cifarRecords(60, 1))
  writeFileSync(path.join(place, 'test_batch.bin'), cifarRecords(12, 2))
  const harness = importHarness()
  await harness.run({ path: place, name: 'large' })
  return harness
}

const file = (harness: ImportHarness, name: string): Buffer => readFileSync(path.join(harness.folder, name))

describe('a data set made of another', () => {
  it('keeps every byte where nothing is changed', async () => {
    const harness = await original()
    expect(await harness.datasets.recognise({ path: 'dataset:large', kind: null, splits: null })).toMatchObject({
      kind: 'prepared',
      hasTest: true,
    })
    await harness.run({ path: 'dataset:large', name: 'same' })
    for (const name of ['train/images.u8', 'train/labels.u8', 'test/images.u8', 'test/labels.u8'])
      expect(file(harness, `same/${name}`).equals(file(harness, `large/${name}`)), name).toBe(true)
  })

  it('holds smaller images of the same classes, splits and order', async () => {
    const harness = await original()
    await harness.run({ path: 'dataset:large', name: 'small', size: [16, 16], channels: 1 })
    const { manifest } = await harness.datasets.ready('small')
    expect(manifest.shape).toEqual([16, 16, 1])
    expect(manifest.classes).toEqual((await harness.datasets.ready('large')).manifest.classes)
    expect([manifest.splits.train.count, manifest.splits.test.count]).toEqual([60, 12])
    expect(file(harness, 'small/test/labels.u8').equals(file(harness, 'large/test/labels.u8'))).toBe(true)
    expect(manifest.report?.notes).toContain('Made from the data set "large".')
    // Half the size, filtered over its whole area: the mean of an image stays, up to rounding and the weights of grey.
    const mean = (bytes: Buffer): number => bytes.reduce((sum, value) => sum + value, 0) / bytes.length
    const [before, after] = [file(harness, 'large/train/images.u8'), file(harness, 'small/train/images.u8')]
    expect(Math.abs(mean(before) - mean(after))).toBeLessThan(2)
  })

  it('replaces the one it was made of', async () => {
    const harness = await original()
    await harness.run({ path: 'dataset:large', name: 'large', size: [8, 8], replace: true })
    expect((await harness.datasets.ready('large')).manifest.shape).toEqual([8, 8, 3])
  })

  it('is refused of one that is not there, or damaged', async () => {
    const harness = await original()
    await expect(harness.run({ path: 'dataset:none', name: 'new' })).rejects.toMatchObject({ code: 'not-found' })
    writeFileSync(path.join(harness.folder, 'large/train/images.u8'), Buffer.alloc(10))
    const cut = harness.run({ path: 'dataset:large', name: 'new' })
    await expect(cut).rejects.toMatchObject({
      code: 'dataset-damaged',
      message: expect.stringContaining('10 bytes') as string,
    })
    const folder = harness.run({ path: path.join(harness.folder, 'large'), name: 'new' })
    await expect(folder).rejects.toMatchObject({ code: 'dataset-damaged' })
    expect(await harness.datasets.list()).toHaveLength(1)
  })
})
