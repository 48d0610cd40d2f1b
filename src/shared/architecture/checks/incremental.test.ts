// What is remembered between edits never shows: after any sequence of edits and undos a document is inspected exactly as a
// copy of it that nothing is remembered of.
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../random'
import { BUILT_IN_BLOCKS } from '../blocks'
import { blockFromDocument } from '../block-from-document'
import type { BlockLibrary } from '../block'
import { applyDiff, graphOf, newBlockDocument, reverseDiff, setParameter, type ArchitectureDocument } from '../document'
import { randomDocument, randomEdit } from '../document/testing/random-edits'
import { zooDocument } from '../document/zoo-document'
import { inspectDocument } from './index'

const copyOf = (document: ArchitectureDocument): ArchitectureDocument =>
  JSON.parse(JSON.stringify(document)) as ArchitectureDocument

function expectSame(document: ArchitectureDocument, library: BlockLibrary): void {
  const copy = copyOf(document)
  expect(inspectDocument(document, library)).toEqual(inspectDocument(copy, library))
  const [graph, other] = [graphOf(document), graphOf(copy)]
  for (const part of ['nodes', 'edges', 'definitions', 'order', 'cyclic', 'live', 'meta'] as const)
    expect(graph[part]).toEqual(other[part])
}

describe('inspection after edits', () => {
  it('equals inspection of a fresh copy, over random edits and undos', () => {
    for (let seed = 0; seed < 25; seed++) {
      const random = createRandom(seed)
      let document = randomDocument(random, 6, BUILT_IN_BLOCKS)
      for (let i = 0; i < 25; i++) {
        const diff = randomEdit(document, random, BUILT_IN_BLOCKS)
        document = applyDiff(document, diff)
        expectSame(document, BUILT_IN_BLOCKS)
        if (random.chance(0.3)) {
          document = applyDiff(document, reverseDiff(diff))
          expectSame(document, BUILT_IN_BLOCKS)
        }
      }
    }
  })

  it('follows a change far upstream through a whole network', () => {
    const document = zooDocument('resnet18', { input: [64, 64, 3] })
    inspectDocument(document, BUILT_IN_BLOCKS)
    for (const [id, name, value] of [
      ['block-1', 'stride', 1],
      ['block-1', 'width', 32],
      ['block-3', 'width', 128],
    ] as const)
      expectSame(applyDiff(document, setParameter(document, id, name, value)), BUILT_IN_BLOCKS)
  })

  it('notices that a library gives a name another block', () => {
    const document = zooDocument('resnet18', { input: [64, 64, 3] })
    const before = inspectDocument(document, BUILT_IN_BLOCKS)
    const other = { ...BUILT_IN_BLOCKS.get('resnet-basic')!, expand: BUILT_IN_BLOCKS.get('common-conv')!.expand }
    const changed = inspectDocument(document, new Map([...BUILT_IN_BLOCKS, ['resnet-basic', other]]))
    expect(changed.cost!.parameters).not.toBe(before.cost!.parameters)
    const own = { ...blockFromDocument(newBlockDocument('resnet-basic')), name: 'resnet-basic' }
    const users = inspectDocument(
      document,
      new Map<string, typeof own | typeof other>([...BUILT_IN_BLOCKS, ['resnet-basic', own]]),
    )
    expect(users.cost!.parameters).not.toBe(before.cost!.parameters)
    expect(inspectDocument(document, BUILT_IN_BLOCKS)).toEqual(before)
  })
})
