// NAS-Bench-101 against the suite of all spaces, and its networks against figures worked out by hand.
import { describe, expect, it } from 'vitest'
import { canonicalHash } from '../../architecture/canonical'
import { checkDocument, isSound } from '../../architecture/checks'
import { costOf } from '../../architecture/cost'
import { documentText, parseDocumentText } from '../../architecture/document'
import { expandDocument } from '../../architecture/expand'
import { outputShape } from '../../architecture/infer'
import { createRandom } from '../../random'
import { describeSpace } from '../testing/conformance'
import { cellGraph } from './cell-layers'
import { cellOf } from './genotype'
import { createCellSpace } from './space'

const space = createCellSpace()
describeSpace('nas-bench-101', space, new Map())

describe('networks of cells', () => {
  it('have the parameters of the published network where channels divide evenly', () => {
    // Input straight to output: stem with its batch norm, one projection with its batch norm per cell, dense.
    const genotype = space.parse({ space: 'nas-bench-101', matrix: '01/00', operations: [] })
    const widths = [128, 128, 128, 256, 256, 256, 512, 512, 512]
    let expected = 3 * 3 * 3 * 128 + 2 * 128
    let before = 128
    for (const width of widths) {
      expected += before * width + 2 * width
      before = width
    }
    expected += 512 * 10 + 10
    expect(costOf(space.toGraph(genotype)).parameters).toBe(expected)
    expect(outputShape(space.toGraph(genotype))).toEqual([10])
  })

  it('share the output channels among what is concatenated, also in vertices further back', () => {
    const cell = cellOf({
      space: 'nas-bench-101',
      matrix: '01000/00110/00001/00001/00000',
      operations: ['conv3x3', 'conv1x1', 'maxpool3x3'],
    })
    for (const channels of [128, 129]) {
      const convolutions = cellGraph(cell, [8, 8, 32], channels).nodes.filter(({ kind }) => kind === 'conv2d')
      expect(convolutions.map(({ parameters }) => parameters['channels'])).toEqual([64, 64, 64])
    }
  })

  it('of different cells differ in their canonical hash', () => {
    const random = createRandom(21)
    const small = createCellSpace({ channels: 60, stacks: 1, cellsPerStack: 1 })
    const pairs = Array.from({ length: 300 }, () => small.random(random)).map(
      (genotype) => [small.canonicalKey(genotype), canonicalHash(small.toGraph(genotype))] as const,
    )
    expect(new Set(pairs.map(([, hash]) => hash)).size).toBe(new Set(pairs.map(([key]) => key)).size)
  })

  it('as documents embed the cell once, are sound, and expand to the same network', () => {
    const random = createRandom(22)
    const genotypes = [
      space.parse({ space: 'nas-bench-101', matrix: '01/00', operations: [] }),
      ...Array.from({ length: 150 }, () => space.random(random)),
    ]
    for (const genotype of genotypes) {
      const document = space.toDocument(genotype, 'cell')
      const { graph } = expandDocument(document, new Map())
      expect(canonicalHash(graph)).toBe(canonicalHash(space.toGraph(genotype)))
      expect(isSound(checkDocument(document, new Map()))).toBe(true)
    }
    const document = space.toDocument(genotypes[5]!, 'cell')
    expect(parseDocumentText(documentText(document))).toEqual(document)
    expect(Object.values(document.records).filter(({ type }) => type === 'block')).toHaveLength(9)
  })
})
