// Tables as people have them: saved by Excel, written on another machine, with names that nearly fit; and several sets in one folder.
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { AppError } from '@shared/errors'
import { temporaryFolder } from '../../testing/temporary-folder'
import { importHarness, type Request } from '../testing/import-harness'
import { idxOf, pngOf } from '../testing/small-files'

function folderWith(files: Readonly<Record<string, Buffer | string>>): string {
  const root = temporaryFolder()
  for (const [name, data] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true })
    writeFileSync(path.join(root, name), data)
  }
  return root
}

const PICTURES = Object.fromEntries(
  Array.from({ length: 12 }, (_, i) => [`pictures/${i < 10 ? '0' : ''}${i}.png`, pngOf(4, 4, i)]),
)
const names = Object.keys(PICTURES)
const rowsOf = (
  nameOf: (name: string, index: number) => string,
  labelOf = (index: number) => `c${index % 2}`,
): string => ['image,label', ...names.map((name, index) => `${nameOf(name, index)},${labelOf(index)}`)].join('\n')

async function imported(place: string, options: Partial<Request> = {}) {
  const { datasets, run } = importHarness()
  await run({ path: place, name: 'mine', ...options })
  const { report } = await datasets.inspect('mine')
  const { classes, splits } = (await datasets.ready('mine')).manifest
  return { classes, images: splits.train.count + splits.test.count, notes: report!.notes.join('\n'), report: report! }
}

async function failureOf(place: string, options: Partial<Request> = {}): Promise<AppError> {
  const thrown: unknown = await importHarness()
    .run({ path: place, name: 'mine', ...options })
    .catch((reason: unknown) => reason)
  expect(thrown).toBeInstanceOf(AppError)
  return thrown as AppError
}

describe('a table as programs save it', () => {
  const plain = rowsOf((name) => name)
  const quoted = plain.replace('image,label', '"image","label"')
  it.each<[string, Buffer | string]>([
    ['with a byte-order mark before a quoted title', `\uFEFF${quoted}`],
    ['in UTF-16 with a mark', Buffer.from(`\uFEFF${plain}`, 'utf16le')],
    ['in UTF-16, the other order', Buffer.from(`\uFEFF${plain}`, 'utf16le').swap16()],
    ['in UTF-16 without a mark', Buffer.from(plain, 'utf16le')],
    ['with the first line sep=;', `sep=;\r\n${plain.replace(/,/g, ';').replace(/\n/g, '\r\n')}`],
    ['with semicolons and blank rows', plain.replace(/,/g, ';').replace(/\n/g, '\n;\n\n')],
    ['with tabs', plain.replace(/,/g, '\t')],
  ])('%s', async (_name, table) => {
    expect(await imported(folderWith({ ...PICTURES, 'labels.csv': table }))).toMatchObject({
      classes: ['c0', 'c1'],
      images: 12,
    })
  })

  it('in Windows-1252: the letters are right, and it is told with the line', async () => {
    const table = rowsOf(
      (name) => name,
      (index) => (index % 2 === 0 ? 'Käse' : 'Š€'),
    )
    const bytes = Buffer.from(table, 'latin1')
    // Latin-1 has no such letters: 0x8a and 0x80 are what Windows writes.
    const windows = Buffer.from(
      [...bytes].map((byte, at) => (table[at] === 'Š' ? 0x8a : table[at] === '€' ? 0x80 : byte)),
    )
    const { classes, notes } = await imported(folderWith({ ...PICTURES, 'labels.csv': windows }))
    expect(classes).toEqual(['Käse', 'Š€'])
    expect(notes).toContain('labels.csv is not UTF-8 (line 2): it was read as Windows-1252')
  })

  it('with 0 and 0.0: one label', async () => {
    const table = rowsOf(
      (name) => name,
      (index) => `${index % 2}${index % 3 === 0 ? '.0' : ''}`,
    )
    const { classes, notes } = await imported(folderWith({ ...PICTURES, 'labels.csv': table }))
    expect(classes).toEqual(['0', '1'])
    expect(notes).toContain('Labels like 1.0')
  })
})

describe('names', () => {
  it('are the same however an accent is composed: classes of splits, and paths of a table', async () => {
    const composedName = 'caf\u00e9'
    const apart = 'cafe\u0301'
    const files = Object.fromEntries(
      [`train/${composedName}`, 'train/tea', `test/${apart}`, 'test/tea'].flatMap((folder, label) =>
        [0, 1, 2].map((i) => [`${folder}/${i}.png`, pngOf(4, 4, label * 10 + i)]),
      ),
    )
    expect((await imported(folderWith(files))).classes).toEqual([composedName, 'tea'])
    const tabled = Object.fromEntries(Object.values(PICTURES).map((data, i) => [`${apart}/${i}.png`, data]))
    const table = ['image,label', ...Object.keys(tabled).map((name, i) => `${name.normalize('NFC')},c${i % 2}`)].join(
      '\n',
    )
    expect(await imported(folderWith({ ...tabled, 'labels.csv': table }))).toMatchObject({ images: 12 })
  })

  it('that differ only in case or blanks are told', async () => {
    const { notes } = await imported(folderWith(rowsFiles((index) => ['Cat', 'cat', 'hot dog', 'hot_dog'][index % 4]!)))
    expect(notes).toContain('differ only in case or blanks: "Cat" and "cat"; "hot dog" and "hot_dog".')
  })

  it.each<[string, (name: string) => string, string | RegExp]>([
    [
      'without their folder',
      (name) => path.basename(name),
      /12 names in labels.csv lack the folder of their files, for example 00.png is pictures\/00.png/,
    ],
    ['in capitals', (name) => name.replace('.png', '.PNG'), 'differ from their files in upper and lower case'],
    ['without their ending', (name) => name.replace('.png', ''), 'lack the ending of their files'],
    ['as numbers without folder and ending', (name) => path.basename(name, '.png'), 'lack the folder of their files'],
    ['below a folder above', (name) => `my-set/${name}`, 'begin at another folder than the table'],
    ['with backslashes', (name) => name.replace('/', '\\'), ''],
    ['as on another machine', (name) => `/home/ada/set/${name}`, 'begin at another folder than the table'],
    ['as on Windows', (name) => `C:\\set\\${name.replace('/', '\\')}`, 'begin at another folder than the table'],
  ])('%s are found, and it is told', async (_name, nameOf, note) => {
    const { images, notes } = await imported(folderWith({ ...PICTURES, 'labels.csv': rowsOf(nameOf) }))
    expect(images).toBe(12)
    expect(notes).toMatch(note)
  })

  it('absolute paths inside the folder are the files themselves', async () => {
    const root = folderWith(PICTURES)
    writeFileSync(
      path.join(root, 'labels.csv'),
      rowsOf((name) => path.join(root, name)),
    )
    expect(await imported(root)).toMatchObject({ images: 12 })
  })

  it('are not guessed: a bare name of two files, or a file that is missing in its folder', async () => {
    const files = Object.fromEntries(
      ['a', 'b'].flatMap((folder, label) => [0, 1, 2].map((i) => [`${folder}/${i}.png`, pngOf(4, 4, label * 10 + i)])),
    )
    const table = 'image,label\na/0.png,x\na/1.png,x\nb/0.png,y\nb/1.png,y\n2.png,x\nb/7.png,y\n'
    const { report, images } = await imported(folderWith({ ...files, 'labels.csv': table }), { testShare: 0.5 })
    expect(images).toBe(4)
    expect(report.skipped.files).toEqual([
      { file: '2.png', reason: 'is the name of several files' },
      { file: 'b/7.png', reason: 'is not there' },
    ])
  })
})

function rowsFiles(labelOf: (index: number) => string): Record<string, Buffer | string> {
  return { ...PICTURES, 'labels.csv': rowsOf((name) => name, labelOf) }
}

describe('reasons', () => {
  it('of the first rows are said where no row can be used', async () => {
    const failure = await failureOf(folderWith({ ...PICTURES, 'labels.csv': rowsOf((name) => `gone/${name}.x`) }))
    expect(failure.message).toMatch(
      /^None of the 12 rows of labels.csv can be used: gone\/pictures\/00.png.x is not there; .+; …\.$/,
    )
    expect(failure.fix).toContain('below the folder of the table')
  })

  it('an unrelated table beside class folders is left out with a note; the one that is named is meant', async () => {
    const folders = Object.fromEntries(
      ['a', 'b'].flatMap((folder, label) => [0, 1, 2].map((i) => [`${folder}/${i}.png`, pngOf(4, 4, label * 10 + i)])),
    )
    for (const table of ['id,colour\n1,red\n', 'image,label\nsomething/else.png,x\n']) {
      const root = folderWith({ ...folders, 'labels.csv': table })
      const { classes, notes } = await imported(root)
      expect(classes).toEqual(['a', 'b'])
      expect(notes).toContain('labels.csv was left out:')
      expect((await failureOf(path.join(root, 'labels.csv'))).message).toContain('labels.csv')
    }
  })
})

describe('several data sets in one folder', () => {
  const setOf = (name: string, first: number): Record<string, Buffer> => ({
    [`${name}train-images-idx3-ubyte`]: idxOf([20, 4, 4], (index) => (index * 37 + first) % 256),
    [`${name}train-labels-idx1-ubyte`]: idxOf([20], (index) => first + (index % 2)),
    [`${name}test-images-idx3-ubyte`]: idxOf([6, 4, 4], (index) => (index * 41 + first) % 256),
    [`${name}test-labels-idx1-ubyte`]: idxOf([6], (index) => first + (index % 2)),
  })
  const both = (): string => folderWith({ ...setOf('emnist-letters-', 1), ...setOf('emnist-digits-', 0) })

  it('are asked about, and a file of one means that one', async () => {
    const root = both()
    const failure = await failureOf(root)
    expect(failure.message).toContain('holds 2 data sets: emnist-digits, emnist-letters')
    expect(failure.fix).toContain('-images-idx3-ubyte')
    for (const file of ['emnist-letters-train-images-idx3-ubyte', 'emnist-letters-test-labels-idx1-ubyte']) {
      const { classes, images, notes } = await imported(path.join(root, file))
      expect({ classes, images }).toEqual({ classes: ['1', '2'], images: 26 })
      expect(notes).toContain('Labels begin at 1: the classes are 1 to 2.')
      expect(notes).toContain('transposed')
    }
    expect((await imported(path.join(root, 'emnist-digits-test-images-idx3-ubyte'))).classes).toEqual(['0', '1'])
  })
})
