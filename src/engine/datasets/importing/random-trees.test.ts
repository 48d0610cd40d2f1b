// Random folder trees, as folders and as archives, with links, odd names, other formats and damaged files: the import has the classes
// and the counts that a reading of the tree's own description has, which knows nothing of the import's code.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { encode as encodeBmp } from 'bmp-ts'
import * as fc from 'fast-check'
import UTIF from 'utif2'
import { expect, it } from 'vitest'
import { AppError } from '@shared/errors'
import { createRandom } from '@shared/random'
import { temporaryFolder } from '../../testing/temporary-folder'
import { tarGzOf, tarOf, zipOf, type Entry } from '../testing/archives'
import { importHarness } from '../testing/import-harness'
import { JPEG, pngOf } from '../testing/small-files'

type File = 'png' | 'tiff' | 'bmp' | 'trailing' | 'jpeg' | 'damaged' | 'text'
interface Tree {
  readonly splits: readonly string[]
  readonly isDoubled: boolean
  readonly classes: readonly { readonly name: string; readonly isDeep: boolean; readonly isLink: boolean }[]
  /** Of every split and class. */
  readonly files: readonly (readonly (readonly File[])[])[]
  readonly stray: string | null
  readonly form: 'folder' | 'zip' | 'tar' | 'tar.gz'
}

/** Names without a word of splits; accents composed in both ways, blanks, dots, other scripts. */
const NAMES = [
  'owl',
  'Eule',
  'h\u00e9ron',
  'he\u0301risson',
  'two words',
  'a.b',
  '\u9ce5',
  '007',
  'x-1',
  "o'neill",
  'comma, too',
]
const SPLITS = [
  [],
  ['train', 'test'],
  ['Training_Set', 'test set'],
  ['train_images', 'testData'],
  ['train', 'val', 'test'],
  ['training', 'validation'],
]

const tree: fc.Arbitrary<Tree> = fc
  .record({
    splits: fc.constantFrom(...SPLITS),
    isDoubled: fc.boolean(),
    names: fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 2, maxLength: 4 }),
    form: fc.constantFrom('folder', 'zip', 'tar', 'tar.gz'),
    stray: fc.option(fc.constantFrom('docs', 'extra stuff')),
  })
  .chain(({ names, splits, ...rest }) =>
    fc.record({
      splits: fc.constant(splits),
      isDoubled: fc.constant(rest.isDoubled),
      form: fc.constant(rest.form),
      // Without a test beside train, or without splits at all, another folder is a class or a question.
      stray: fc.constant(splits.length > 1 ? rest.stray : null),
      classes: fc.tuple(
        ...names.map((name) => fc.record({ name: fc.constant(name), isDeep: fc.boolean(), isLink: fc.boolean() })),
      ),
      files: fc.array(
        fc.array(
          fc.array(fc.constantFrom<File>('png', 'png', 'tiff', 'bmp', 'trailing', 'jpeg', 'damaged', 'text'), {
            maxLength: 5,
          }),
          {
            minLength: names.length,
            maxLength: names.length,
          },
        ),
        { minLength: Math.max(1, splits.length), maxLength: Math.max(1, splits.length) },
      ),
    }),
  )

let seed = 0
const noise = (): Uint8Array => {
  const random = createRandom(++seed)
  return Uint8Array.from({ length: 16 * 16 * 4 }, () => random.integer(256))
}
const bytesOf = (file: File): Buffer =>
  ({
    png: () => pngOf(16, 16, ++seed),
    trailing: () => Buffer.concat([pngOf(16, 16, ++seed), Buffer.from('rest')]),
    jpeg: () => JPEG,
    tiff: () => Buffer.from(UTIF.encodeImage(noise(), 16, 16)),
    bmp: () => encodeBmp({ data: Buffer.from(noise()), width: 16, height: 16, bitPP: 24 } as never).data,
    damaged: () => pngOf(16, 16, ++seed).subarray(0, 60),
    text: () => Buffer.from('words'),
  })[file]()
const ENDINGS: Readonly<Record<File, string>> = {
  png: '.png',
  trailing: '.PNG',
  jpeg: '.jpg',
  tiff: '.tif',
  bmp: '.BMP',
  damaged: '.png',
  text: '.txt',
}

interface Written {
  readonly entries: Entry[]
  readonly links: { readonly from: string; readonly folder: string }[]
}

function written({ splits, isDoubled, classes, files, stray }: Tree): Written {
  const entries: Entry[] = []
  const links: Written['links'] = []
  const bases = splits.length === 0 ? [''] : splits.map((split) => (isDoubled ? `${split}/${split}/` : `${split}/`))
  bases.forEach((base, s) =>
    classes.forEach(({ name, isDeep, isLink }, c) => {
      const folder = `${base}${name}`
      if (isLink) links.push({ from: `elsewhere/${s}-${c}`, folder })
      else entries.push({ name: `${folder}/`, type: '5' })
      files[s]![c]!.forEach((file, i) => {
        const inner = isDeep && i % 2 === 1 ? 'sub/' : ''
        entries.push({ name: `${folder}/${inner}${i}${ENDINGS[file]}`, data: bytesOf(file) })
      })
    }),
  )
  if (stray !== null) entries.push({ name: `${stray}/1.png`, data: pngOf(16, 16, ++seed) })
  return { entries, links }
}

function put({ form }: Tree, { entries, links }: Written): string {
  const root = temporaryFolder()
  if (form !== 'folder') {
    const place = path.join(root, `set.${form}`)
    const make = { zip: zipOf, tar: tarOf, 'tar.gz': tarGzOf }[form]
    writeFileSync(place, make(entries))
    return place
  }
  // A linked class lies outside of the folder.
  const outside = temporaryFolder()
  const placeOf = (name: string): string => {
    const link = links.find(({ folder }) => name.startsWith(`${folder}/`))
    return link === undefined
      ? path.join(root, name)
      : path.join(outside, link.from, name.slice(link.folder.length + 1))
  }
  for (const { from, folder } of links) {
    mkdirSync(path.join(outside, from), { recursive: true })
    mkdirSync(path.join(root, path.dirname(folder)), { recursive: true })
    symlinkSync(path.join(outside, from), path.join(root, folder))
  }
  for (const { name, type, data } of entries) {
    mkdirSync(type === '5' ? placeOf(`${name}.`) : path.dirname(placeOf(name)), { recursive: true })
    if (type !== '5') writeFileSync(placeOf(name), data ?? '')
  }
  return root
}

/** Counts of readable images, from the description alone. */
function expected({ splits, classes, files }: Tree) {
  const good = (list: readonly File[]): number => list.filter((file) => file !== 'damaged' && file !== 'text').length
  const isTest = (s: number): boolean => s > 0 && s === splits.length - 1
  const rows = classes.map(({ name }, c) => ({
    name: name.normalize('NFC'),
    train: files.reduce((sum, split, s) => sum + (isTest(s) ? 0 : good(split[c]!)), 0),
    test: files.reduce((sum, split, s) => sum + (isTest(s) ? good(split[c]!) : 0), 0),
  }))
  return rows.sort((a, b) => (a.name < b.name ? -1 : 1))
}

const isTested = ({ splits }: Tree): boolean => splits.length > 1

it('classes and counts are those of an independent reading; what cannot be a data set ends with its reason', async () => {
  let importedTrees = 0
  await fc.assert(
    fc.asyncProperty(tree, async (one) => {
      // Zips here keep no empty folders' types, and no archive here has links.
      const shape =
        one.form === 'folder' ? one : { ...one, classes: one.classes.map((name) => ({ ...name, isLink: false })) }
      const rows = expected(shape)
      const { datasets, run } = importHarness()
      const outcome = await run({
        path: put(shape, written(shape)),
        name: 'mine',
        size: [16, 16],
        testShare: 0.25,
      }).catch((thrown: unknown) => thrown)
      if (outcome instanceof Error) {
        expect(outcome).toBeInstanceOf(AppError)
        const trained = rows.reduce((sum, { train }) => sum + train, 0)
        const tested = rows.reduce((sum, { test }) => sum + test, 0)
        const isHopeless =
          rows.some(({ train }) => train === 0) ||
          (isTested(shape) && tested === 0) ||
          Math.round(trained * 0.25) === 0 ||
          // The draw is made before images are decoded, so few good ones among damaged ones may all be drawn.
          shape.files.flat(2).includes('damaged')
        expect(isHopeless, `${JSON.stringify(shape)}: ${outcome.message}`).toBe(true)
        return
      }
      importedTrees++
      const { classCounts } = await datasets.inspect('mine')
      const { classes } = (await datasets.ready('mine')).manifest
      const found = classes.map((name, i) => ({ name, train: classCounts.train[i]!, test: classCounts.test[i]! }))
      if (isTested(shape) && rows.some(({ test }) => test > 0)) expect(found).toEqual(rows)
      else
        expect(found.map(({ name, train, test }) => ({ name, images: train + test }))).toEqual(
          rows.map(({ name, train, test }) => ({ name, images: train + test })),
        )
    }),
    { numRuns: 120, seed: 93 },
  )
  // A property that never imports anything would hold as well.
  expect(importedTrees).toBeGreaterThan(20)
})
