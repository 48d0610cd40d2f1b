// What an import says about the images that it reads: remarks, what each class lost, grey that stays grey.
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { PNG } from 'pngjs'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../testing/temporary-folder'
import { importHarness } from '../testing/import-harness'
import { pngOf } from '../testing/small-files'

function folderWith(files: Readonly<Record<string, Buffer>>): string {
  const root = temporaryFolder()
  for (const [name, data] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true })
    writeFileSync(path.join(root, name), data)
  }
  return root
}

const greyPng = (seed: number): Buffer => {
  const png = PNG.sync.read(pngOf(4, 4, seed))
  for (let at = 0; at < png.data.length; at += 4) png.data.fill(png.data[at]!, at, at + 3)
  return PNG.sync.write(png, { colorType: 0 })
}
const of = (make: (seed: number) => Buffer): Record<string, Buffer> =>
  Object.fromEntries(
    ['a', 'b'].flatMap((name, label) => [0, 1, 2, 3].map((i) => [`${name}/${i}.png`, make(label * 10 + i)])),
  )

async function imported(files: Readonly<Record<string, Buffer>>) {
  const { datasets, run } = importHarness()
  await run({ path: folderWith(files), name: 'mine' })
  return (await datasets.ready('mine')).manifest
}

describe('channels as they are', () => {
  it('grey stays grey where every image is, and becomes colour where one is not', async () => {
    expect((await imported(of(greyPng))).shape).toEqual([4, 4, 1])
    expect((await imported({ ...of(greyPng), 'b/3.png': pngOf(4, 4, 99) })).shape).toEqual([4, 4, 3])
  })
})

describe('notes', () => {
  it('count images with bytes behind their end, which are read', async () => {
    const { report } = await imported(
      of((seed) => Buffer.concat([pngOf(4, 4, seed), Buffer.from(seed < 10 ? 'more' : '')])),
    )
    expect(report?.skipped.count).toBe(0)
    expect(report?.notes.join('\n')).toMatch(
      /^4 images have bytes behind their end, which were passed over, for example a\/\d.png\.$/m,
    )
  })

  it('say what each class lost, the most first', async () => {
    const files = {
      ...of((seed) => pngOf(4, 4, seed)),
      'a/x.png': Buffer.from('x'),
      'b/x.gif': Buffer.from(''),
      'b/y.bmp': Buffer.from('BM'),
    }
    const { report } = await imported(files)
    expect(report?.notes).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^b: 2 of 6 images were left out, for example b\/x.gif is empty\.$/),
        expect.stringMatching(/^a: 1 of 5 images were left out, for example a\/x.png is no PNG, JPEG/),
      ]),
    )
  })
})
