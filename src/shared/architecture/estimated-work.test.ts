import { describe, expect, it } from 'vitest'
import { BUILT_IN_BLOCKS } from './blocks'
import { newNetworkDocument, parseDocument } from './document'
import { zooDocument } from './document/zoo-document'
import { elaborate } from './elaborate'
import { estimatedWork, HEAVY_WORK, isHeavy } from './estimated-work'
import { HOSTILE_DOCUMENTS } from './testing/hostile-documents'
import { ZOO_NAMES } from './zoo'

describe('the estimated work of a document', () => {
  it.each(Object.keys(HOSTILE_DOCUMENTS))('is not below what a walk over %s does', (family) => {
    for (const size of [1, 2, 3, 4, 5, 8, 12, 16, 100]) {
      const document = parseDocument(HOSTILE_DOCUMENTS[family]!(size))
      const { work } = elaborate(document, BUILT_IN_BLOCKS, { withDeadParts: true })
      // Half: blocks of several layers stand for their usual number, and terminals are visited too.
      const least = Math.max((work.visits - 10) / 2, work.idLetters / 2000)
      expect(estimatedWork(document, BUILT_IN_BLOCKS), `${size}`).toBeGreaterThanOrEqual(least)
    }
  })

  it.each(ZOO_NAMES)('lets %s be inspected where it is shown', (name) => {
    expect(estimatedWork(zooDocument(name), BUILT_IN_BLOCKS)).toBeLessThan(HEAVY_WORK)
    expect(isHeavy(newNetworkDocument('n'), BUILT_IN_BLOCKS)).toBe(false)
  })
})
