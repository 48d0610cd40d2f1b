// The laws of the change algebra, over random sequences of every edit operation.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../random'
import { BUILT_IN_BLOCKS } from '../blocks'
import type { ArchitectureDocument, DocumentDiff } from './index'
import {
  applyDiff,
  diffDocuments,
  isEmptyDiff,
  newNetworkDocument,
  reverseDiff,
  setParameter,
  squashDiffs,
} from './index'
import { moveNodes, renameNode } from './index'
import { integrityProblem } from './integrity'
import { EDITS, randomDocument, randomEdit } from './testing/random-edits'

const runs = { seed: 20, numRuns: 300 }

/** A document, and what `count` edits made of it one after the other. */
function history(seed: number, count: number): { documents: ArchitectureDocument[]; diffs: DocumentDiff[] } {
  const random = createRandom(seed)
  const documents = [randomDocument(random, 10, BUILT_IN_BLOCKS)]
  const diffs: DocumentDiff[] = []
  for (let i = 0; i < count; i++) {
    const document = documents.at(-1)!
    const diff = randomEdit(document, random, BUILT_IN_BLOCKS)
    diffs.push(diff)
    documents.push(applyDiff(document, diff))
  }
  return { documents, diffs }
}

const check = (law: (h: ReturnType<typeof history>) => void): void =>
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 12 }), (seed, count) => law(history(seed, count))),
    runs,
  )

describe('diff laws', () => {
  it('a diff and its reverse give back the document', () => {
    check(({ documents, diffs }) => {
      diffs.forEach((diff, i) => expect(applyDiff(documents[i + 1]!, reverseDiff(diff))).toEqual(documents[i]))
      diffs.forEach((diff) => expect(reverseDiff(reverseDiff(diff))).toEqual(diff))
    })
  })

  it('one squashed diff does what its parts do, there and back', () => {
    check(({ documents, diffs }) => {
      const squashed = squashDiffs(diffs)
      expect(applyDiff(documents[0]!, squashed)).toEqual(documents.at(-1))
      expect(applyDiff(documents.at(-1)!, reverseDiff(squashed))).toEqual(documents[0])
      expect(reverseDiff(squashed)).toEqual(squashDiffs([...diffs].reverse().map(reverseDiff)))
    })
  })

  it('squashing is associative, and what cancels out is gone', () => {
    check(({ diffs }) => {
      const middle = Math.floor(diffs.length / 2)
      const [left, right] = [diffs.slice(0, middle), diffs.slice(middle)]
      expect(squashDiffs([squashDiffs(left), squashDiffs(right)])).toEqual(squashDiffs(diffs))
      expect(isEmptyDiff(squashDiffs([...diffs, ...[...diffs].reverse().map(reverseDiff)]))).toBe(true)
    })
  })

  it('comparing two documents gives the diff between them', () => {
    check(({ documents, diffs }) => {
      const [first, last] = [documents[0]!, documents.at(-1)!]
      expect(applyDiff(first, diffDocuments(first, last))).toEqual(last)
      expect(diffDocuments(first, last)).toEqual(squashDiffs(diffs))
    })
  })

  it('edits share what they do not change and keep documents whole', () => {
    check(({ documents, diffs }) => {
      diffs.forEach((diff, i) => {
        const [before, after] = [documents[i]!, documents[i + 1]!]
        for (const [id, record] of Object.entries(before.records))
          if (!diff.removed[id] && !diff.updated[id]) expect(after.records[id]).toBe(record)
        expect(integrityProblem(after)).toBeUndefined()
      })
    })
  })

  it('the random edits reach every operation', () => {
    const random = createRandom(4)
    for (const [name, edit] of Object.entries(EDITS)) {
      let effects = 0
      for (let i = 0; i < 60; i++) {
        const document = randomDocument(random, 12, BUILT_IN_BLOCKS)
        try {
          if (!isEmptyDiff(edit(document, random, BUILT_IN_BLOCKS))) effects++
        } catch (error) {
          expect(error).toBeInstanceOf(Error)
        }
      }
      expect(effects, name).toBeGreaterThan(0)
    }
  })
})

describe('applyDiff', () => {
  const document = newNetworkDocument('n')

  it('refuses a diff made for another document, naming the record', () => {
    const diff = setParameter(document, 'stem-1', 'channels', 32)
    const without = applyDiff(document, { added: {}, updated: {}, removed: { 'stem-1': document.records['stem-1']! } })
    expect(() => applyDiff(without, diff)).toThrow(/change record "stem-1", which is not there/)
    expect(() => applyDiff(document, { added: document.records, updated: {}, removed: {} })).toThrow(/there already/)
  })

  it('changes only the fields the diff changes, so that a layout survives an undo', () => {
    const rename = renameNode(document, 'stem-1', 'first')
    const renamed = applyDiff(document, rename)
    const moved = applyDiff(renamed, moveNodes(renamed, { 'stem-1': { x: 5, y: 6 } }))
    const undone = applyDiff(moved, reverseDiff(rename)).records['stem-1']
    expect(undone).toEqual({ ...document.records['stem-1'], position: { x: 5, y: 6 } })
  })
})
