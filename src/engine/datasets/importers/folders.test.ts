// Folders as people have them: splits under their usual names, names that only look like it, strays, empty folders, links.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import * as fs from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { AppError } from '@shared/errors'
import { temporaryFolder } from '../../testing/temporary-folder'
import { readTree } from '../files/read-tree'
import { tarOf, zipOf } from '../testing/archives'
import { importHarness, type Request } from '../testing/import-harness'
import { pngOf } from '../testing/small-files'

let seed = 0
/** `count` different images in each of these folders. */
function folderWith(folders: readonly string[], count = 4): string {
  const root = temporaryFolder()
  for (const folder of folders) {
    mkdirSync(path.join(root, folder), { recursive: true })
    for (let i = 0; i < count; i++) writeFileSync(path.join(root, folder, `${i}.png`), pngOf(4, 4, ++seed))
  }
  return root
}

async function imported(place: string, options: Partial<Request> = {}) {
  const { datasets, run } = importHarness()
  await run({ path: place, name: 'mine', ...options })
  const { classCounts, report } = await datasets.inspect('mine')
  return {
    classes: (await datasets.ready('mine')).manifest.classes,
    classCounts,
    notes: report!.notes.join('\n'),
    report,
  }
}

const failureOf = (place: string, options: Partial<Request> = {}): Promise<AppError> =>
  importHarness()
    .run({ path: place, name: 'mine', ...options })
    .then(
      () => Promise.reject(new Error('the import should have been refused')),
      (thrown: unknown) => thrown as AppError,
    )

const recognise = (place: string, options: Partial<Request> = {}) =>
  importHarness().datasets.recognise({ path: place, kind: null, splits: null, ...options } as never)

describe('splits under their usual names', () => {
  it.each([
    ['training_set', 'test_set'],
    ['Train', 'Test'],
    ['train-images', 'test images'],
    ['trainset', 'testset'],
    ['TrainData', 'ValData'],
    ['training', 'validation'],
  ])('%s and %s', async (train, test) => {
    const { classes, classCounts } = await imported(folderWith([`${train}/a`, `${train}/b`, `${test}/a`, `${test}/b`]))
    expect(classes).toEqual(['a', 'b'])
    expect(classCounts).toEqual({ train: [4, 4], test: [4, 4] })
  })

  it('twice in a row, as Kaggle unpacks them, and below a folder that wraps them beside a file', async () => {
    const doubled = folderWith([
      'training_set/training_set/cats',
      'training_set/training_set/dogs',
      'test_set/test_set/cats',
      'test_set/test_set/dogs',
    ])
    expect(await imported(doubled)).toMatchObject({
      classes: ['cats', 'dogs'],
      classCounts: { train: [4, 4], test: [4, 4] },
    })
    const wrapped = folderWith(['set/train/images/a', 'set/train/images/b', 'set/test/images/a', 'set/test/images/b'])
    writeFileSync(path.join(wrapped, 'README.md'), 'hello')
    expect(await imported(wrapped)).toMatchObject({ classes: ['a', 'b'], classCounts: { train: [4, 4], test: [4, 4] } })
  })

  it('a stray folder beside them is a note, and its images are in no split', async () => {
    const { classes, classCounts, notes } = await imported(
      folderWith(['train/a', 'train/b', 'test/a', 'test/b', 'docs']),
    )
    expect(classes).toEqual(['a', 'b'])
    expect(classCounts).toEqual({ train: [4, 4], test: [4, 4] })
    expect(notes).toContain('docs lies beside the splits: 4 images of it were left out.')
  })

  it('a test folder without class folders has no labels: a share of training becomes the test split', async () => {
    const { classes, report } = await imported(folderWith(['train/a', 'train/b', 'test']))
    expect(classes).toEqual(['a', 'b'])
    expect(report).toMatchObject({ testFrom: 'share', skipped: { count: 4 } })
  })

  it('a class may be called train', async () => {
    expect((await imported(folderWith(['bus', 'car', 'train']))).classes).toEqual(['bus', 'car', 'train'])
  })
})

describe('folders that only look like splits', () => {
  const intel = (): string =>
    folderWith(['seg_train/seg_train/sea', 'seg_train/seg_train/ice', 'seg_test/seg_test/sea', 'seg_test/seg_test/ice'])

  it.each([
    ['names of their own', intel, /seg_train\/seg_train, seg_test\/seg_test could be splits or classes/],
    [
      'a lone train among others',
      () => folderWith(['train/a', 'train/b', 'bus/old', 'bus/new']),
      /train could be splits/,
    ],
    [
      'a second test',
      () => folderWith(['train/a', 'train/b', 'test/a', 'test/b', 'test_extra/a', 'test_extra/b']),
      /test_extra/,
    ],
    [
      'training twice',
      () => folderWith(['train/a', 'train/b', 'train_images/a', 'train_images/b']),
      /train, train_images/,
    ],
  ])('%s: the import asks', async (_name, make, message) => {
    const place = make()
    const failure = await failureOf(place)
    expect(failure.message).toMatch(message)
    expect(failure.commandLine).toContain('--splits none')
    expect((await recognise(place)).question).not.toBeNull()
  })

  it('is answered with --splits, either way', async () => {
    const place = intel()
    expect((await recognise(place)).question).toEqual({ train: 'seg_train/seg_train', test: 'seg_test/seg_test' })
    const splits = { train: 'seg_train/seg_train', test: 'seg_test/seg_test' }
    expect(await imported(place, { splits })).toMatchObject({
      classes: ['ice', 'sea'],
      classCounts: { train: [4, 4], test: [4, 4] },
    })
    expect((await imported(place, { splits: 'none' })).classes).toEqual(['seg_test', 'seg_train'])
    expect((await failureOf(place, { splits: { train: 'elsewhere' } })).message).toContain('elsewhere')
  })
})

describe('a preview', () => {
  it('has the classes and the splits of the import, and writes nothing', async () => {
    const { preview, notes, classes, hasTest } = await recognise(
      folderWith(['training_set/a', 'training_set/b', 'test_set/a', 'extra']),
    )
    expect({ classes, hasTest }).toEqual({ classes: 2, hasTest: true })
    expect(preview).toEqual([
      { name: 'a', train: 4, test: 4, open: 0 },
      { name: 'b', train: 4, test: 0, open: 0 },
    ])
    expect(notes.join(' ')).toContain('training_set is training, test_set is test')
  })
})

describe('classes do not vanish', () => {
  it.each<[string, (root: string) => void]>([
    ['an empty folder', (root) => mkdirSync(path.join(root, 'owl'))],
    ['a folder of empty folders', (root) => mkdirSync(path.join(root, 'owl/more'), { recursive: true })],
    [
      'pictures of a kind that is not read',
      (root) => void (mkdirSync(path.join(root, 'owl')), writeFileSync(path.join(root, 'owl/a.heic'), 'x')),
    ],
    [
      'a link in a circle',
      (root) => void (mkdirSync(path.join(root, 'owl')), symlinkSync(root, path.join(root, 'owl/again'))),
    ],
  ])('%s ends the import with the name of the class', async (_name, add) => {
    const root = folderWith(['cat', 'dog'])
    add(root)
    expect((await failureOf(root)).message).toMatch(/Every class needs a training image, 1 of 3 have none: owl \(.+\)/)
  })

  it('an empty class folder is seen inside archives, and with only one other class', async () => {
    const files = [
      { name: 'set/cat/1.png', data: pngOf(4, 4, 1) },
      { name: 'set/cat/2.png', data: pngOf(4, 4, 2) },
    ]
    const tar = path.join(temporaryFolder(), 'a.tar')
    writeFileSync(tar, tarOf([...files, { name: 'set/owl/', type: '5' }]))
    const zip = path.join(temporaryFolder(), 'a.zip')
    writeFileSync(zip, zipOf([...files, { name: 'set/owl/' }]))
    for (const place of [tar, zip]) {
      expect((await failureOf(place)).message).toContain('have none: owl')
      expect((await recognise(place)).preview?.map(({ name }) => name)).toEqual(['cat', 'owl'])
    }
  })

  it('a class in the test split alone is named', async () => {
    expect((await failureOf(folderWith(['train/a', 'train/b', 'test/a', 'test/c']))).message).toContain(
      '1 of 3 have none: c',
    )
  })

  it('one folder of images is told as what it is', async () => {
    const one = folderWith(['wrap/cat'])
    expect((await failureOf(one)).message).toContain('holds 4 images in one folder')
    expect((await failureOf(one, { kind: 'class-folders' })).code).toBe('invalid-input')
  })

  it('folders of documentation are no classes, and links in an archive are told', async () => {
    const root = folderWith(['cat', 'dog'])
    mkdirSync(path.join(root, 'docs'))
    writeFileSync(path.join(root, 'docs/paper.pdf'), 'x')
    const { classes, notes } = await imported(root)
    expect(classes).toEqual(['cat', 'dog'])
    expect(notes).toContain('1 files that are no images by name were left out (1 .pdf), for example docs/paper.pdf.')
    const tar = path.join(temporaryFolder(), 'a.tar')
    const files = ['cat', 'dog'].flatMap((name, label) =>
      Array.from({ length: 6 }, (_, i) => ({ name: `${name}/${i}.png`, data: pngOf(4, 4, label * 10 + i) })),
    )
    writeFileSync(tar, tarOf([...files, { name: 'cat/x.png', type: '2', link: '/etc/passwd' }]))
    expect((await imported(tar)).notes).toContain('links and devices in the archive: 1, for example cat/x.png')
  })
})

describe('links', () => {
  it('to class folders and to images are followed; where they lead nowhere or in a circle is told', async () => {
    const elsewhere = folderWith(['owls'])
    const root = folderWith(['cat'])
    symlinkSync(path.join(elsewhere, 'owls'), path.join(root, 'owl'))
    symlinkSync(path.join(root, 'nothing'), path.join(root, 'cat/broken.png'))
    symlinkSync(root, path.join(root, 'cat/circle'))
    const { classes, notes, report } = await imported(root)
    expect(classes).toEqual(['cat', 'owl'])
    expect(report!.skipped.count).toBe(0)
    expect(notes).toContain('links that lead nowhere: cat/broken.png')
    expect(notes).toContain('lead back to a folder above them: cat/circle')
  })

  it('that fan out again and again end', async () => {
    const root = folderWith(['a', 'b'], 2)
    for (let depth = 0; depth < 40; depth++) {
      mkdirSync(path.join(root, `web/${depth}`), { recursive: true })
      for (const name of ['x', 'y'])
        symlinkSync(path.join(root, `web/${depth + 1}`), path.join(root, `web/${depth}/${name}`))
    }
    mkdirSync(path.join(root, 'web/40'))
    writeFileSync(path.join(root, 'web/40/1.png'), pngOf(4, 4, 1))
    const { files, notes } = await readTree(root)
    expect(files.filter((file) => file.startsWith('web/')).length).toBeLessThan(200)
    expect(notes.join(' ')).toContain('links behind links')
  })

  it('a folder that may not be read is told, and is a class without images where it would be one', async () => {
    const root = folderWith(['cat', 'dog/sub', 'dog'])
    const refuse = (denied: string): typeof fs =>
      ({
        ...fs,
        readdir: (place: string, options: never) =>
          place.endsWith(denied)
            ? Promise.reject(Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' }))
            : fs.readdir(place, options),
      }) as never
    const inner = await readTree(root, null, refuse('dog/sub'))
    expect(inner.files).toHaveLength(8)
    expect(inner.notes).toEqual(['Left out, folders that cannot be read (EACCES): dog/sub.'])
    expect((await readTree(root, null, refuse('dog'))).emptyFolders).toEqual(['dog'])
  })
})
