// Text as people bring it: marks, UTF-16, other encodings; and files that are none.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import * as fc from 'fast-check'
import { decodeText, readTextFile, readUnicodeSync } from './text-file'

const folder = mkdtempSync(path.join(os.tmpdir(), 'text-file-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const fileOf = (bytes: Buffer | string): string => {
  const place = path.join(folder, 'file.txt')
  writeFileSync(place, bytes)
  return place
}

describe('decoding', () => {
  it('gives any text back, with and without a mark', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        fc.pre(!text.startsWith('\uFEFF'))
        const utf8 = Buffer.from(text)
        expect(decodeText(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), utf8])).text).toBe(text)
        const wide = Buffer.from(`\uFEFF${text}`, 'utf16le')
        expect(decodeText(wide)).toMatchObject({ text, encoding: 'UTF-16' })
        expect(decodeText(wide.swap16())).toMatchObject({ text, encoding: 'UTF-16' })
        if (!text.includes('\0')) expect(decodeText(utf8)).toEqual({ text, encoding: 'UTF-8', strangeLine: null })
      }),
    )
  })

  it('reads what is not UTF-8 as Windows-1252 and names the first such line', () => {
    const bytes = Buffer.from([0x61, 0x0a, 0xe4, 0x41, 0x80, 0x9f, 0x0a, 0xff, 0x41])
    expect(decodeText(bytes)).toEqual({ text: 'a\näA€Ÿ\nÿA', encoding: 'Windows-1252', strangeLine: 2 })
  })
})

describe('reading', () => {
  it('refuses other encodings where letters matter, naming the line', () => {
    expect(readUnicodeSync(fileOf('\uFEFF{"a": 1}'), { what: 'space file' })).toBe('{"a": 1}')
    const strange = fileOf(Buffer.from('{\n"name": "K\xe4se"}', 'latin1'))
    expect(() => readUnicodeSync(strange, { what: 'space file' })).toThrow(/not UTF-8 text: line 2/)
  })

  it('looks before it reads: folders, pipes, devices and sizes', async () => {
    const pipe = path.join(folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    for (const place of [folder, pipe, '/dev/zero']) {
      expect(() => readUnicodeSync(place, { what: 'table' })).toThrow(/is a (folder|pipe|device): a table was expected/)
      await expect(readTextFile(place, { what: 'table' })).rejects.toMatchObject({ code: 'invalid-input' })
    }
    await expect(readTextFile(fileOf('12345'), { what: 'table', maxBytes: 4 })).rejects.toThrow(
      /is too large: a table has at most 4 B, this file has 5 B/,
    )
    await expect(readTextFile(path.join(folder, 'none'), { what: 'table' })).rejects.toMatchObject({
      code: 'not-found',
    })
  })
})
