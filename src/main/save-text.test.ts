import { mkdtempSync, readFileSync, readlinkSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { listing } from '@node/testing/listing'
import { saveText } from './save-text'

let folder: string
const at = (name: string) => path.join(folder, name)
const design = (name: string, version = 2) => JSON.stringify({ format: `gptnas-architecture/${version}`, name })

beforeEach(() => {
  folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'gptnas-save-')))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('a design saved where the dialog says', () => {
  it.each([
    ['nothing is there', null],
    ['an empty file is there', ''],
    ['a design of an older version is there', design('old', 1)],
  ])('is written where %s', async (_when, there) => {
    if (there !== null) writeFileSync(at('a.json'), there)
    expect(await saveText(at('a.json'), design('new'))).toBe(at('a.json'))
    expect(readFileSync(at('a.json'), 'utf8')).toBe(design('new'))
  })

  it.each(['a thesis', '{}', 'null', '{"format":"other/1"}', '[1, 2]'])(
    'leaves alone a file that holds %s',
    async (there) => {
      writeFileSync(at('a.json'), there)
      const before = listing(folder)
      await expect(saveText(at('a.json'), design('new'))).rejects.toMatchObject({ code: 'conflict' })
      expect(listing(folder)).toEqual(before)
    },
  )

  it('goes behind a link, which stays', async () => {
    writeFileSync(at('real.json'), design('old'))
    symlinkSync(at('real.json'), at('link.json'))
    expect(await saveText(at('link.json'), design('new'))).toBe(at('real.json'))
    expect(readlinkSync(at('link.json'))).toBe(at('real.json'))
    expect(readFileSync(at('real.json'), 'utf8')).toBe(design('new'))
  })
})
