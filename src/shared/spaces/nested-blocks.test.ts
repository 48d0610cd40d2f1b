// Blocks that the editor can save, with blocks of the user's inside: whatever a chain accepts of them is a network that elaborates.
import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { blockFromDocument } from '../architecture/block-from-document'
import { canonicalHash } from '../architecture/canonical'
import { inspectDocument, isSound } from '../architecture/checks'
import { applyDiff, groupIntoBlock, newBlockDocument, type ArchitectureDocument } from '../architecture/document'
import { randomEdit } from '../architecture/document/testing/random-edits'
import { expandDocument } from '../architecture/expand'
import { blockLibrary } from '../architecture/library'
import { outputShape } from '../architecture/infer'
import { createRandom } from '../random'
import { createSkeleton, isStep, stepOf } from './skeleton'

/** A block whose first two layers are the block `part`. */
function grouped(name: string, part: string, from = newBlockDocument(name)): ArchitectureDocument {
  return applyDiff(from, groupIntoBlock(from, ['conv2d-1', 'batch-norm-1'], part))
}
const WIDTHS = { width: 16 }

/** The network of these blocks after one another, expanded with nothing beside it. */
function chained(own: readonly ArchitectureDocument[], names: readonly string[]) {
  const library = blockLibrary(own)
  const skeleton = createSkeleton({ inputShape: [16, 16, 3], classes: 4, stemWidth: 16, library })
  const document = skeleton.document(
    'chain',
    names.map((block) => ({ block, parameters: 'width' in library.get(block)!.parameters ? WIDTHS : {} })),
  )
  return { document, expansion: expandDocument(document, blockLibrary([])), library, stem: skeleton.stem }
}

describe('a block inside a block', () => {
  it('travels with the network that a search draws', () => {
    const { expansion } = chained([grouped('outer', 'outer-2')], ['outer', 'outer'])
    expect(expansion.graph.nodes.map(({ id }) => id)).toContain('block-2/outer-2-1/conv2d-1')
  })

  it('of the same name and another content keeps its meaning', () => {
    const other = applyDiff(newBlockDocument('b'), {
      ...groupIntoBlock(newBlockDocument('b'), ['batch-norm-1', 'relu-1'], 'part'),
    })
    const own = [grouped('a', 'part'), other]
    const { document, expansion } = chained(own, ['a', 'b'])
    const flat = chained([newBlockDocument('a'), newBlockDocument('b')], ['a', 'b'])
    expect(canonicalHash(expansion.graph)).toBe(canonicalHash(flat.expansion.graph))
    expect(
      Object.keys(document.records)
        .filter((id) => id.startsWith('definition.'))
        .sort(),
    ).toEqual(['definition.a', 'definition.b', 'definition.part', 'definition.part-2'])
  })

  it('of the name of a block that stands in the chain itself keeps its meaning', () => {
    const own = [grouped('a', 'b'), newBlockDocument('b')]
    const { expansion } = chained(own, ['a', 'b'])
    const flat = chained([newBlockDocument('a'), newBlockDocument('b')], ['a', 'b'])
    expect(canonicalHash(expansion.graph)).toBe(canonicalHash(flat.expansion.graph))
  })

  it('made by any edits elaborates in a chain wherever the block alone does, to the same map', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 14 }), (seed, edits) => {
        const random = createRandom(seed)
        const names = ['first', 'second']
        const own = names.map((name) => {
          const part = blockFromDocument(grouped('shared', 'part'))
          const beside = new Map([...blockLibrary([]), ['shared', part]])
          let document = random.integer(2) === 0 ? newBlockDocument(name) : grouped(name, 'part')
          for (let i = 0; i < edits; i++) document = applyDiff(document, randomEdit(document, random, beside))
          return document
        })
        const saved = own.filter((document) => isSound(inspectDocument(document, blockLibrary([])).problems))
        for (const document of saved) {
          const meta = document.records.meta
          const name = meta?.type === 'meta' ? meta.name : ''
          const library = blockLibrary(saved)
          const definition = library.get(name)!
          const parameters = 'width' in definition.parameters ? WIDTHS : {}
          const step = stepOf(definition, parameters, [16, 16, 16])
          if (!isStep(step)) continue
          const { expansion } = chained(saved, [name])
          expect(expansion.nodeShapes.get('block-1')).toEqual(outputShape(definition.expand(parameters, [16, 16, 16])))
        }
      }),
      { numRuns: 60 },
    )
  })
})
