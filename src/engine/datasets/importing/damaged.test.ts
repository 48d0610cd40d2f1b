// Over 300 damaged data sets, seeded: each ends in a clear refusal, or in an import that names what it left out. Nothing is ever
// half-written and nothing is fatal.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { AppError } from '@shared/errors'
import { createRandom, type Random } from '@shared/random'
import { temporaryFolder } from '../../testing/temporary-folder'
import { tarGzOf, tarOf, zipOf, type Entry } from '../testing/archives'
import { importHarness, type ImportHarness, type Request } from '../testing/import-harness'
import { cifarPickle, cifarRecords, classFolderFiles, idxOf, JPEG, pngOf } from '../testing/small-files'

let tried = 0

function write(folder: string, entries: readonly Entry[]): string {
  for (const { name, data } of entries) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    writeFileSync(path.join(folder, name), data ?? '')
  }
  return folder
}

function writeFile(name: string, data: Buffer): string {
  return path.join(write(temporaryFolder(), [{ name, data }]), name)
}

/** The import must be refused with words a person can act on, and leave no trace. */
async function expectRefused(place: string, options: Partial<Request> = {}): Promise<AppError> {
  tried++
  const harness = importHarness()
  const failure = await harness.run({ path: place, name: 'mine', ...options }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(failure, `${place} should be refused`).toBeInstanceOf(AppError)
  const error = failure as AppError
  expect(['dataset-damaged', 'invalid-input']).toContain(error.code)
  expect(error.message.length).toBeGreaterThan(20)
  expect(error.fix).toBeTruthy()
  expect(readdirSync(harness.folder)).toEqual([])
  return error
}

/** The import must succeed without the named files, and say why for each. */
async function expectSkipped(place: string, skipped: readonly string[]): Promise<ImportHarness> {
  tried++
  const harness = importHarness()
  await harness.run({ path: place, name: 'mine', size: [8, 8] })
  const { report } = await harness.datasets.inspect('mine')
  expect(report?.skipped.files.map(({ file }) => file).sort()).toEqual([...skipped].sort())
  for (const { reason } of report?.skipped.files ?? []) expect(reason.length).toBeGreaterThan(5)
  expect(report?.notes.join(' ')).toContain(`${skipped.length} images were left out`)
  expect((await harness.datasets.check('mine')).problems).toEqual([])
  expect(readdirSync(harness.folder)).toEqual(['mine'])
  return harness
}

function times(
  count: number,
  seed: number,
  act: (random: Random, round: number) => Promise<unknown>,
): () => Promise<void> {
  return async () => {
    for (let round = 0; round < count; round++) await act(createRandom(seed).fork(round), round)
  }
}

/** At least one byte, and less than `share` of the whole. */
const cut = (data: Buffer, random: Random, share = 0.95): Buffer =>
  data.subarray(0, 1 + random.integer(Math.floor(data.length * share) - 1))

const ARCHIVES = [
  ['zip', zipOf],
  ['tar', tarOf],
  ['tar.gz', tarGzOf],
] as const

describe('archives', () => {
  it.each(ARCHIVES)('a %s that is cut short', (extension, make) =>
    times(20, 1, (random) => expectRefused(writeFile(`a.${extension}`, cut(make(classFolderFiles(4)), random, 0.8))))(),
  )

  const SLIPS = [
    '../evil.png',
    'a/../../evil.png',
    '/evil.png',
    '..\\evil.png',
    'C:\\evil.png',
    'a/b/../../../evil.png',
  ]
  it.each(ARCHIVES)('a %s that leads out of its folder', (extension, make) =>
    times(12, 2, async (random, round) => {
      const entries = [...classFolderFiles(3), { name: SLIPS[round % SLIPS.length]!, data: pngOf(8, 8, round) }]
      const place = writeFile(`a.${extension}`, make(random.shuffle(entries)))
      expect((await expectRefused(place)).message).toContain('outside its own folder')
      expect(existsSync(path.join(path.dirname(place), 'evil.png'))).toBe(false)
    })(),
  )

  it.each(ARCHIVES.filter(([extension]) => extension !== 'tar'))('a %s bomb', (extension, make) =>
    times(2, 3, async (_random, round) => {
      const bomb = { name: 'left/bomb.png', data: Buffer.alloc((68 + round) * 1024 * 1024) }
      const error = await expectRefused(writeFile(`a.${extension}`, make([...classFolderFiles(2), bomb])))
      expect(error.message).toContain('made to fill a disk')
    })(),
  )

  it.each(ARCHIVES)('a %s that holds noise', (extension) =>
    times(8, 4, (random) =>
      expectRefused(
        writeFile(
          `a.${extension}`,
          Buffer.from(Array.from({ length: 600 + random.integer(5000) }, () => random.integer(256))),
        ),
      ),
    )(),
  )

  it.each(ARCHIVES)('a %s without images', (extension, make) =>
    times(3, 5, (_random, round) =>
      expectRefused(
        writeFile(
          `a.${extension}`,
          make(Array.from({ length: round }, (_, index) => ({ name: `notes-${index}.txt` }))),
        ),
      ),
    )(),
  )

  it(
    'a zip whose content does not match its checksum',
    times(10, 6, async (random) => {
      const zip = zipOf([{ name: 'left/a.png', data: pngOf(8, 8, 1) }, ...classFolderFiles(2)])
      // Inside the first entry's compressed data, whose local header takes 30 bytes and the name.
      zip[60 + random.integer(60)]! ^= 0xff
      expect((await expectRefused(writeFile('a.zip', zip))).message).toContain('left/a.png')
    }),
  )

  it(
    'a tar that holds a file twice',
    times(4, 7, (random) => {
      const files = classFolderFiles(3)
      return expectRefused(writeFile('a.tar', tarOf([...files, files[random.integer(files.length)]!])))
    }),
  )

  it(
    'a tar whose header is damaged',
    times(10, 8, (random) => {
      const tar = tarOf(classFolderFiles(3))
      tar[random.integer(140)]! ^= 0x55
      return expectRefused(writeFile('a.tar', tar))
    }),
  )
})

describe('CIFAR', () => {
  it(
    'binary files that are cut or empty',
    times(20, 11, (random, round) =>
      expectRefused(
        write(temporaryFolder(), [
          { name: 'data_batch_1.bin', data: cifarRecords(20) },
          {
            name: 'test_batch.bin',
            data:
              round === 0
                ? Buffer.alloc(0)
                : cut(cifarRecords(10), random).subarray(0, 3073 * 3 + 1 + random.integer(3000)),
          },
        ]),
      ),
    ),
  )

  it(
    'labels that are no class',
    times(10, 12, async (random) => {
      const data = cifarRecords(60)
      const wrong = random.shuffle(Array.from({ length: 50 }, (_, index) => index)).slice(0, 3)
      for (const index of wrong) data[index * 3073] = 10 + random.integer(200)
      await expectSkipped(
        write(temporaryFolder(), [{ name: 'data_batch_1.bin', data }]),
        wrong.map((index) => `data_batch_1.bin, image ${index + 1}`),
      )
    }),
  )

  it(
    'pickles that are cut',
    times(20, 13, (random) =>
      expectRefused(write(temporaryFolder(), [{ name: 'data_batch_1', data: cut(cifarPickle(20), random) }])),
    ),
  )

  it(
    'pickles that ask for code',
    times(10, 14, async (_random, round) => {
      const asked = ['os\nsystem', 'builtins\neval', 'subprocess\nPopen', 'numpy\nload', 'posix\nsystem'][round % 5]!
      const call = Buffer.from(`\x80\x03}(X\x04\x00\x00\x00datac${asked}\nX\x02\x00\x00\x00ls\x85Ru.`, 'latin1')
      const error = await expectRefused(write(temporaryFolder(), [{ name: 'data_batch_1', data: call }]))
      expect(error.message).toContain('asks for')
    }),
  )

  it(
    'pickles of noise',
    times(20, 15, (random) => {
      const noise = Buffer.from(Array.from({ length: 200 }, () => random.integer(256)))
      return expectRefused(
        write(temporaryFolder(), [{ name: 'data_batch_1', data: Buffer.concat([Buffer.from([0x80, 2]), noise]) }]),
      )
    }),
  )
})

describe('IDX', () => {
  const pair = (images: Buffer, labels: Buffer, end = ''): Entry[] => [
    { name: `train-images-idx3-ubyte${end}`, data: images },
    { name: `train-labels-idx1-ubyte${end}`, data: labels },
  ]
  const images = (count = 30): Buffer => idxOf([count, 6, 6], (index) => (index * 7) % 251)
  const labels = (count = 30): Buffer => idxOf([count], (index) => index % 5)

  it(
    'images that are cut',
    times(10, 21, (random) => expectRefused(write(temporaryFolder(), pair(cut(images(), random), labels())))),
  )
  it(
    'labels that are cut',
    times(10, 22, (random) => expectRefused(write(temporaryFolder(), pair(images(), cut(labels(), random))))),
  )
  it(
    'gzipped files that are cut',
    times(10, 23, (random) =>
      expectRefused(write(temporaryFolder(), pair(cut(gzipSync(images()), random, 0.9), gzipSync(labels()), '.gz'))),
    ),
  )
  it(
    'a wrong magic number',
    times(10, 24, (random) => {
      const wrong = images()
      wrong[random.integer(4)]! ^= 1 + random.integer(255)
      return expectRefused(write(temporaryFolder(), pair(wrong, labels())))
    }),
  )
  it(
    'counts that differ',
    times(5, 25, (random) => expectRefused(write(temporaryFolder(), pair(images(), labels(29 - random.integer(10)))))),
  )
  it(
    'more content than the header announces',
    times(4, 26, async () => {
      const bomb = gzipSync(Buffer.concat([images(), Buffer.alloc(8 * 1024 * 1024)]))
      const error = await expectRefused(write(temporaryFolder(), pair(bomb, gzipSync(labels()), '.gz')))
      expect(error.message).toContain('goes on after')
    }),
  )
  it(
    'no labels, no images',
    times(2, 27, (_random, round) =>
      expectRefused(
        write(temporaryFolder(), round === 0 ? pair(images(), labels()).slice(0, 1) : pair(images(0), labels(0))),
      ),
    ),
  )
})

describe('folders of images', () => {
  const DAMAGE: readonly (readonly [string, (random: Random) => Buffer])[] = [
    ['cut.png', (random) => cut(pngOf(16, 16, 1), random, 0.9)],
    ['cut.jpg', (random) => cut(JPEG, random, 0.9)],
    ['empty.png', () => Buffer.alloc(0)],
    ['text.jpg', () => Buffer.from('not found')],
    ['gif.png', () => Buffer.from('GIF89a\x01\x00\x01\x00\x00\x00\x00;', 'latin1')],
    ['bomb.png', () => claiming(pngOf(8, 8, 1), 60_000)],
    [
      'bomb.jpg',
      () => {
        const bytes = Buffer.from(JPEG)
        const at = bytes.indexOf(Buffer.from([0xff, 0xc0]))
        bytes.fill(0xff, at + 5, at + 9)
        return bytes
      },
    ],
    [
      'crc.png',
      () => {
        const bytes = pngOf(8, 8, 1)
        bytes[45]! ^= 0xff
        return bytes
      },
    ],
  ]
  /** A PNG that says it is `side` pixels wide and high; the header's checksum is not looked at before its size. */
  const claiming = (png: Buffer, side: number): Buffer => {
    png.writeUInt32BE(side, 16)
    png.writeUInt32BE(side, 20)
    return png
  }

  it.each(DAMAGE)('%s is named and left out', (name, make) =>
    times(6, 31, (random, round) =>
      expectSkipped(
        write(temporaryFolder(), [...classFolderFiles(6, round), { name: `left/${name}`, data: make(random) }]),
        [`left/${name}`],
      ),
    )(),
  )

  it(
    'images outside the class folders',
    times(4, 32, (_random, round) =>
      expectSkipped(
        write(temporaryFolder(), [...classFolderFiles(6), { name: 'stray.png', data: pngOf(8, 8, round) }]),
        ['stray.png'],
      ),
    ),
  )

  it(
    'no classes, or one',
    times(6, 33, (_random, round) => {
      const all = classFolderFiles(4)
      const kept = [
        [],
        [{ name: 'notes.txt' }],
        [{ name: 'a.png', data: pngOf(8, 8, 1) }],
        all.slice(0, 4),
        all.slice(0, 1),
      ][round % 5]!
      return expectRefused(write(temporaryFolder(), kept))
    }),
  )

  it(
    'a class without a readable image',
    times(6, 34, async (random) => {
      const broken = Array.from({ length: 4 }, (_, index) => ({
        name: `middle/${index}.png`,
        data: cut(pngOf(8, 8, index), random, 0.7),
      }))
      const error = await expectRefused(write(temporaryFolder(), [...classFolderFiles(6), ...broken]), { size: [8, 8] })
      expect(error.message).toMatch(/Every class needs a training image.*middle/)
    }),
  )

  it(
    'mixed sizes without a chosen one',
    times(6, 35, async (random) => {
      const odd = { name: 'left/odd.png', data: pngOf(9 + random.integer(20), 8, 1) }
      expect((await expectRefused(write(temporaryFolder(), [...classFolderFiles(4), odd]))).fix).toContain(
        'Choose a size',
      )
    }),
  )
})

describe('CSV with images', () => {
  const files = classFolderFiles(6)
  const rows = files.map(({ name }) => `${name},${name.split('/')[0]}`)
  const table = (text: string): string =>
    write(temporaryFolder(), [...files, { name: 'index.csv', data: Buffer.from(text) }])

  it(
    'without the columns',
    times(5, 41, (_random, round) =>
      expectRefused(table([['a,b', 'image', 'label,split', '', 'image;name'][round]!, ...rows].join('\n')), {
        kind: 'csv-images',
      }),
    ),
  )
  it(
    'a quote that does not end',
    times(4, 42, (random) => {
      const broken = [...rows]
      broken[random.integer(rows.length)] = '"left/0.png,left'
      return expectRefused(table(['image,label', ...broken].join('\n')))
    }),
  )
  it(
    'rows that name no file, no label, a file outside or one twice with two labels',
    times(10, 43, async (_random, round) => {
      const wrong = ['gone.png,left', 'right/5.png,', '../../etc/passwd,left', '/etc/passwd,left', 'left/0.png,right'][
        round % 5
      ]!
      const kept = round % 5 === 1 ? rows.filter((row) => !row.startsWith('right/5.png')) : rows
      await expectSkipped(table(['image,label', ...kept, wrong].join('\n')), [wrong.split(',')[0]!])
    }),
  )
  it(
    'no rows at all',
    times(2, 44, () => expectRefused(table('image,label\n'))),
  )
})

it('these are more than 300', () => expect(tried).toBeGreaterThanOrEqual(300))
