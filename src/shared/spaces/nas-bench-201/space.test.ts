// NAS-Bench-201 against the suite of all spaces, its published number of classes and published parameter counts.
import { describe, expect, it } from 'vitest'
import { costOf } from '../../architecture/cost'
import { describeSpace } from '../testing/conformance'
import {
  EDGE_CELLS,
  EDGE_OPERATIONS,
  edgeClass,
  edgeDigits,
  edgeGenotypeAt,
  publishedEdgeClass,
  type EdgeGenotype,
} from './genotype'
import { createEdgeSpace } from './space'

const space = createEdgeSpace()
describeSpace('nas-bench-201', space, new Map())

const all = (): EdgeGenotype[] => Array.from({ length: EDGE_CELLS }, (_, index) => edgeGenotypeAt(index))
const byDigits = (digits: string): EdgeGenotype => edgeGenotypeAt(parseInt(digits, EDGE_OPERATIONS.length))

describe('cells of NAS-Bench-201', () => {
  it('are 15,625 in 6,466 classes, as published', () => {
    expect(new Set(all().map(edgeDigits)).size).toBe(15_625)
    expect(new Set(all().map(publishedEdgeClass)).size).toBe(6466)
    // Cells that compute the same are a class of ours; the published classes never join what ours tells apart.
    expect(new Set(all().map(edgeClass)).size).toBe(5390)
    expect(new Set(all().map((cell) => `${publishedEdgeClass(cell)} ${edgeClass(cell)}`)).size).toBe(6466)
  })

  it('are one class when skips or the order of a sum is all that differs', () => {
    // Straight through by 0>3, and through two skips 0>1>3.
    expect(edgeClass(byDigits('000100'))).toBe(edgeClass(byDigits('100010')))
    // The same 3x3 convolution by 0>1>3 and by 0>2>3, and another operation in its place.
    expect(edgeClass(byDigits('100030'))).toBe(edgeClass(byDigits('010003')))
    expect(edgeClass(byDigits('100030'))).not.toBe(edgeClass(byDigits('100020')))
  })

  it.each([
    // Parameters of the benchmark's own networks for CIFAR-10 (NATS-Bench, topology space).
    ['421211', 129306],
    ['334131', 802426],
  ])('%s has the published %i parameters', (digits, parameters) => {
    expect(edgeDigits(byDigits(digits))).toBe(digits)
    expect(costOf(space.toGraph(byDigits(digits))).parameters).toBe(parameters)
  })
})
