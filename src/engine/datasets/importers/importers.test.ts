// What importers make of names and labels; that their pixels are right is shown against NumPy and Pillow.
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../testing/temporary-folder'
import { treeOf } from '../files/file-tree'
import { readTree } from '../files/read-tree'
import { PickleError, readPickle } from '../formats/pickle'
import { tarOf } from '../testing/archives'
import { importHarness } from '../testing/import-harness'
import { cifarPickle, cifarRecords, idxOf, pngOf } from '../testing/small-files'
import { recogniseFiles } from './index'

function folderWith(files: Readonly<Record<string, Buffer | string>>): string {
  const folder = temporaryFolder()
  for (const [name, data] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    writeFileSync(path.join(folder, name), data)
  }
  return folder
}

/** Images named by class: `count` different ones below each of these folders. */
function images(folders: readonly string[], count: number): Record<string, Buffer> {
  return Object.fromEntries(
    folders.flatMap((folder, label) =>
      Array.from({ length: count }, (_, index) => [`${folder}/${index}.png`, pngOf(4, 4, label * 100 + index)]),
    ),
  )
}

describe('recognising', () => {
  it.each([
    ['cifar-python', ['data_batch_1', 'test_batch', 'batches.meta']],
    ['cifar-python', ['train', 'test', 'meta']],
    ['cifar-binary', ['data_batch_1.bin', 'readme.html']],
    ['cifar-binary', ['train.bin', 'test.bin']],
    ['mnist-idx', ['t10k-images-idx3-ubyte.gz', 't10k-labels-idx1-ubyte.gz']],
    ['mnist-idx', ['emnist-letters-train-images-idx3-ubyte']],
    ['imagenet', ['train/n01440764/a.JPEG', 'val/n01440764/b.JPEG']],
    ['csv-images', ['labels.csv', 'a.png']],
    ['class-folders', ['cat/a.png', 'dog/deep/er/b.jpg', 'table.csv']],
    ['class-folders', ['train/cat/a.png', 'val/cat/b.png']],
  ])('%s from %j', (kind, files) => {
    expect(recogniseFiles(files, null)?.importer.kind).toBe(kind)
  })

  it.each([[['train', 'test']], [['notes.txt', 'a.csv']], [['a.png', 'b.png']], [[]]])('nothing from %j', (files) => {
    expect(recogniseFiles(files, null)).toBeNull()
  })

  it('takes the table that the user pointed at', () => {
    expect(recogniseFiles(['cat/a.png', 'dog/b.png', 'table.csv'], 'table.csv')?.importer.kind).toBe('csv-images')
  })

  it('looks through folders that wrap everything, past what systems leave behind, but not through a split', async () => {
    const names = ['data/set/cat/a.png', 'data/set/dog/b.png', '__MACOSX/data/._a.png', 'data/.DS_Store']
    expect(treeOf('/x', names)).toMatchObject({ root: '/x/data/set', files: ['cat/a.png', 'dog/b.png'] })
    expect(treeOf('/x', ['train/cat/a.png', 'train/dog/b.png']).root).toBe('/x')
    const tree = await readTree(folderWith({ 'wrap/cat/a.png': '', 'wrap/dog/b.png': '' }))
    expect(tree.place('cat/a.png')).toBe(path.join(tree.root, 'cat/a.png'))
  })
})

describe('splits and classes', () => {
  it('validation images join training where there is a test split, and are it where there is none', async () => {
    const both = importHarness()
    await both.run({
      path: folderWith(images(['train/a', 'train/b', 'val/a', 'val/b', 'test/a', 'test/b'], 3)),
      name: 'x',
    })
    expect(await both.datasets.inspect('x')).toMatchObject({ classCounts: { train: [6, 6], test: [3, 3] } })
    const validated = importHarness()
    await validated.run({ path: folderWith(images(['train/a', 'train/b', 'val/a', 'val/b'], 3)), name: 'x' })
    const { classCounts, report } = await validated.datasets.inspect('x')
    expect(classCounts).toEqual({ train: [3, 3], test: [3, 3] })
    expect(report?.notes.join(' ')).toContain('Validation images became the test split')
  })

  it('orders classes that are numbers by value', async () => {
    const { datasets, run } = importHarness()
    await run({ path: folderWith(images(['10', '9', '2'], 6)), name: 'x' })
    expect((await datasets.ready('x')).manifest.classes).toEqual(['2', '9', '10'])
  })

  it('labels of IDX files that start at one leave no empty class, and Fashion-MNIST has names', async () => {
    const letters = importHarness()
    const pixels = idxOf([30, 4, 4], (index) => (index * 37) % 256)
    await letters.run({
      path: folderWith({
        'train-images-idx3-ubyte': pixels,
        'train-labels-idx1-ubyte': idxOf([30], (index) => 1 + (index % 3)),
      }),
      name: 'x',
    })
    expect((await letters.datasets.ready('x')).manifest).toMatchObject({ classes: ['1', '2', '3'], shape: [4, 4, 1] })
    const fashion = importHarness()
    const folder = folderWith({
      'fashion/train-images-idx3-ubyte.gz': gzipSync(idxOf([60, 4, 4], (index) => (index * 37) % 256)),
      'fashion/train-labels-idx1-ubyte.gz': gzipSync(idxOf([60], (index) => index % 10)),
    })
    await fashion.run({ path: folder, name: 'x' })
    expect((await fashion.datasets.ready('x')).manifest.classes.at(-1)).toBe('ankle-boot')
  })

  it('an ImageNet validation folder without labels is named, and a share of training becomes the test split', async () => {
    const { datasets, run } = importHarness()
    const files = images(['train/n00000001/images', 'train/n00000002/images'], 8)
    await run({
      path: folderWith({ ...files, 'val/images/a.png': pngOf(4, 4, 999), 'test/images/b.png': pngOf(4, 4, 998) }),
      name: 'x',
    })
    const { report, classCounts } = await datasets.inspect('x')
    expect(report).toMatchObject({ kind: 'imagenet', testFrom: 'share', skipped: { count: 1 } })
    expect(report?.skipped.files[0]).toMatchObject({
      file: 'val/images/a.png',
      reason: expect.stringContaining('no label') as string,
    })
    expect(report?.notes.join(' ')).toContain('Images below test/ have no labels')
    expect(classCounts.train[0]! + classCounts.test[0]!).toBe(8)
  })

  it('other channels and kinds can be forced', async () => {
    const { datasets, run } = importHarness()
    const folder = folderWith({ 'data_batch_1.bin': cifarRecords(60), ...images(['a', 'b'], 6) })
    await run({ path: folder, name: 'grey', channels: 1 })
    expect((await datasets.ready('grey')).manifest).toMatchObject({
      shape: [32, 32, 1],
      report: { kind: 'cifar-binary' },
    })
    await run({ path: folder, name: 'folders', kind: 'class-folders' })
    expect((await datasets.ready('folders')).manifest).toMatchObject({ shape: [4, 4, 3], classes: ['a', 'b'] })
  })
})

describe('formats', () => {
  it('a pickle is read as data: arrays, lists, dictionaries', () => {
    const value = readPickle(cifarPickle(20)) as Map<string, unknown>
    expect([...value.keys()]).toEqual(['labels', 'data'])
    expect(value.get('labels')).toEqual(Array.from({ length: 20 }, (_, index) => index % 10))
    expect(value.get('data')).toMatchObject({ shape: [20, 3072] })
  })

  it.each([
    ['that hold themselves', '\x80\x02]q\x00h\x00a.'],
    ['with an unknown protocol', '\x80\x09N.'],
    ['that take from an empty stack', '\x80\x02a.'],
    ['with a mark too few', '\x80\x02]e.'],
    ['with a bare name', '\x80\x02cnumpy\nndarray\n.'],
    ['with arrays of another type', '\x80\x02cnumpy\ndtype\nU\x02f4K\x00K\x01\x87R.'],
    ['with a persistent object', '\x80\x02Pabc\n.'],
  ])('pickles %s are refused', (_name, text) => {
    expect(() => readPickle(Buffer.from(text, 'latin1'))).toThrow(PickleError)
  })

  it('long names of GNU and pax archives are whole', async () => {
    const long = `${'deep-folder/'.repeat(12)}left`
    const files = images(['x'], 12)
    const entries = Object.entries(files).flatMap(([name, data], index) => {
      const full = `${index < 6 ? long : long.replace('left', 'right')}/${name.slice(2)}`
      const record = (length: number): string => `${length} path=${full}\n`
      const length = record(100 + full.length).length
      const header =
        index % 2 === 0
          ? { name: '././@LongLink', type: 'L', data: Buffer.from(`${full}\0`) }
          : { name: 'PaxHeader', type: 'x', data: Buffer.from(record(length)) }
      return [header, { name: full.slice(0, 99), data }]
    })
    const { datasets, run } = importHarness()
    const folder = folderWith({ 'a.tar': tarOf(entries) })
    await run({ path: path.join(folder, 'a.tar'), name: 'x' })
    expect((await datasets.ready('x')).manifest).toMatchObject({ classes: ['left', 'right'] })
  })
})
