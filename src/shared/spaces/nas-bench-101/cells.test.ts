// The published counts, exactness against brute force, and the laws of edits, crossover and distance.
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../random'
import { canonicalCell, canonicalGraphs } from './canonical'
import { cellProblems, countEdges, edgeList, edgesFrom, labelsOf, packLabels, pruneCell, type Cell } from './cell'
import { CELL_EDITS, cellDistance, cellKey, cellsByEdit, crossCells, mutateCell } from './edits'
import { cellAt, countAllCells, countCells, enumerateCells, randomCell } from './enumerate'
import { cellGenotype, cellOf, parseCellGenotype } from './genotype'

/** The same network with its inner vertices renumbered at random, edges still pointing upward. */
function shuffled(cell: Cell, seed: number): Cell {
  const random = createRandom(seed)
  const edges = edgeList(cell)
  const order = [0]
  while (order.length < cell.vertices - 1) {
    const ready = Array.from({ length: cell.vertices - 1 }, (_, v) => v).filter(
      (v) => !order.includes(v) && edges.every(([from, to]) => to !== v || order.includes(from)),
    )
    order.push(random.choice(ready))
  }
  order.push(cell.vertices - 1)
  const place = (vertex: number): number => order.indexOf(vertex)
  const digits = labelsOf(cell)
  return {
    vertices: cell.vertices,
    edges: edgesFrom(edges.map(([from, to]) => [place(from), place(to)] as const)),
    labels: packLabels(order.slice(1, -1).map((vertex) => digits[vertex - 1]!)),
  }
}

describe('the space of NAS-Bench-101', () => {
  it('has the published number of unique cells, per number of vertices and in all', () => {
    // Ying et al. 2019: 423,624 in all; 2,532 with at most five vertices (also EC-NAS-Bench's table 5V9E).
    expect([2, 3, 4, 5, 6, 7].map(countCells)).toEqual([1, 6, 84, 2441, 62010, 359082])
    expect(countAllCells()).toBe(423624)
  })

  it('enumerates each cell once, in canonical form and inside the limits', () => {
    const keys = new Set<string>()
    for (const cell of enumerateCells()) keys.add(cellKey(cell))
    expect(keys.size).toBe(423624)
    for (let index = 0; index < 423624; index += 4001) {
      const cell = cellAt(index)
      expect(cellProblems(cell)).toEqual([])
      expect(pruneCell(cell)).toBe(cell)
      expect(canonicalCell(cell)).toEqual(cell)
      expect(keys.has(cellKey(cell))).toBe(true)
    }
  })

  it('finds the same classes as comparing every labelled matrix of five vertices by brute force', () => {
    const classes = new Set<string>()
    for (let edges = 0; edges < 2 ** 10; edges++)
      for (let labels = 0; labels < 27; labels++) {
        const cell = { vertices: 5, edges, labels }
        if (countEdges(edges) > 9 || pruneCell(cell) !== cell) continue
        // Not our canonical form: the sorted list of all renumberings' texts, least first.
        const texts: string[] = []
        for (const [a, b, c] of [
          [1, 2, 3],
          [1, 3, 2],
          [2, 1, 3],
          [2, 3, 1],
          [3, 1, 2],
          [3, 2, 1],
        ] as const) {
          const image = [0, a, b, c, 4]
          const pairs = edgeList(cell).map(([from, to]) => `${image[from]}>${image[to]}`)
          const digits = labelsOf(cell)
          texts.push(`${pairs.sort().join()}|${[1, 2, 3].map((v) => digits[image.indexOf(v) - 1]).join()}`)
        }
        classes.add(texts.sort()[0]!)
      }
    expect(classes.size).toBe(countCells(5))
  })

  it('recognises renumbered cells and cells with dead vertices', () => {
    const random = createRandom(7)
    for (let i = 0; i < 500; i++) {
      const cell = randomCell(random)
      expect(canonicalCell(shuffled(cell, i))).toEqual(cell)
      if (cell.vertices === 7) continue
      // A vertex that nothing reads, before the output.
      const dead = {
        vertices: cell.vertices + 1,
        edges: edgesFrom([
          ...edgeList(cell).map(([from, to]) => [from, to === cell.vertices - 1 ? to + 1 : to] as const),
          [0, cell.vertices - 1],
        ]),
        labels: packLabels([...labelsOf(cell), 2]),
      }
      expect(canonicalCell(dead)).toEqual(cell)
    }
  })

  it('knows that automorphisms form a group of the graph: their number divides that of all renumberings', () => {
    for (const graph of canonicalGraphs(7)) expect(120 % graph.automorphisms.length).toBe(0)
  })

  it('draws cells uniformly: vertex counts follow their shares', () => {
    const random = createRandom(3)
    const sixes = Array.from({ length: 2000 }, () => randomCell(random)).filter((cell) => cell.vertices === 6).length
    // 62,010 / 423,624 = 14.6 %; 2,000 draws deviate by 0.8 % (one sigma).
    expect(sixes / 2000).toBeGreaterThan(0.114)
    expect(sixes / 2000).toBeLessThan(0.178)
  })
})

describe('genotypes of cells', () => {
  it('survive the round trip to JSON', () => {
    for (let index = 0; index < 423624; index += 997) {
      const cell = cellAt(index)
      expect(cellOf(parseCellGenotype(JSON.parse(JSON.stringify(cellGenotype(cell)))))).toEqual(cell)
    }
  })

  it.each([
    [{ space: 'nas-bench-101', matrix: '01/10', operations: [] }, /1 -> 0 does not point forward/],
    [{ space: 'nas-bench-101', matrix: '01/00', operations: ['conv3x3'] }, /need 0 operations/],
    [{ space: 'nas-bench-101', matrix: '011/00/000', operations: ['conv3x3'] }, /row 1 has 2 columns/],
    [{ space: 'nas-bench-101', matrix: '010/000/000', operations: ['conv3x3'] }, /no path/],
    [{ space: 'nas-bench-101', matrix: '011/001/000', operations: ['conv5x5'] }, /operations\.0/],
    [{ space: 'nas-bench-101', matrix: 5, operations: [] }, /matrix/],
    [null, /the genotype/],
  ])('refuses %j with the place', (json, message) => {
    expect(() => parseCellGenotype(json)).toThrow(message)
  })
})

describe('edits of cells', () => {
  it('give unique canonical cells, each one edit away, and deletion undoes insertion', () => {
    const random = createRandom(11)
    for (let i = 0; i < 60; i++) {
      const cell = randomCell(random)
      for (const edit of CELL_EDITS)
        for (const result of cellsByEdit(cell, edit)) {
          expect(cellProblems(result)).toEqual([])
          expect(canonicalCell(result)).toEqual(result)
          expect(cellKey(result)).not.toBe(cellKey(cell))
        }
      for (const grown of cellsByEdit(cell, 'insert-vertex'))
        expect(cellsByEdit(grown, 'delete-vertex').map(cellKey)).toContain(cellKey(cell))
      expect(cellsByEdit(cell, 'relabel').every((result) => cellDistance(cell, result) === 1)).toBe(true)
    }
  })

  it('mutate to a neighbour, the same one for the same seed', () => {
    for (let i = 0; i < 100; i++) {
      const cell = randomCell(createRandom(i))
      const mutant = mutateCell(cell, createRandom(i + 1))
      expect(CELL_EDITS.flatMap((edit) => cellsByEdit(cell, edit)).map(cellKey)).toContain(cellKey(mutant))
      expect(mutateCell(cell, createRandom(i + 1))).toEqual(mutant)
    }
  })

  it('cross to valid cells that use operations of the parents only', () => {
    const random = createRandom(5)
    for (let i = 0; i < 200; i++) {
      const [first, second] = [randomCell(random), randomCell(random)]
      const allowed = new Set([...labelsOf(first), ...labelsOf(second)])
      for (const child of crossCells(first, second, random)) {
        expect(cellProblems(child)).toEqual([])
        expect(labelsOf(child).every((label) => allowed.has(label))).toBe(true)
      }
    }
  })

  it('distance is symmetric, zero for renumbered cells only, and obeys the triangle', () => {
    const random = createRandom(9)
    for (let i = 0; i < 100; i++) {
      const [a, b, c] = [randomCell(random), randomCell(random), randomCell(random)]
      expect(cellDistance(a, b)).toBe(cellDistance(b, a))
      expect(cellDistance(a, shuffled(a, i))).toBe(0)
      if (cellKey(a) !== cellKey(b)) expect(cellDistance(a, b)).toBeGreaterThan(0)
      expect(cellDistance(a, c)).toBeLessThanOrEqual(cellDistance(a, b) + cellDistance(b, c))
    }
  })
})
