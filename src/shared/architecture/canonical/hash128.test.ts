// The word hash against values computed with the reference implementation (Python package mmh3, x86 128, seed 0).
import { describe, expect, it } from 'vitest'
import { Hash128, hexOf } from './hash128'

const REFERENCE: [number[], string][] = [
  [[], '00000000000000000000000000000000'],
  [[1], 'cf0f20ca519c70b1519c70b1519c70b1'],
  [[1, 2], '40e85748a4321e5e7fee4e567fee4e56'],
  [[1, 2, 3], '8504721670aa166f7385e62f9204edfb'],
  [[0xdeadbeef, 2, 3, 4], '401ace7c523588c3172d4de98e6f0436'],
  [[1, 2, 3, 4, 5, 0xffffffff, 7], '9006472c1ca55bddbd2a535fc7fbe2ab'],
]

describe('Hash128', () => {
  it.each(REFERENCE)('hashes %j as the reference does', (words, expected) => {
    const hash = new Hash128()
    for (const word of words) hash.word(word)
    const result = new Uint32Array(4)
    hash.finish(result, 0)
    expect(hexOf(result, 0)).toBe(expected)
  })

  it('tells texts apart that differ in length or place only', () => {
    const texts = ['', 'a', 'b', 'ab', 'ba', 'aa', 'aaa', 'a\0', '\0a']
    const result = new Uint32Array(4)
    const hashes = texts.map((text) => {
      new Hash128().text(text).finish(result, 0)
      return hexOf(result, 0)
    })
    expect(new Set(hashes).size).toBe(texts.length)
  })
})
