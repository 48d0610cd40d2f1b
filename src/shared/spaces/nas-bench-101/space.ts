// NAS-Bench-101 as a space a search may visit: cells of at most seven vertices and nine edges, built into the published
// skeleton. Genotypes are canonical cells; the pieces are beside this file.
import type { LayerGraph } from '../../architecture/layer'
import { AppError } from '../../errors'
import type { Space } from '../space'
import { canonicalCell } from './canonical'
import { CELL_OPERATIONS, cellProblems, labelsOf, packLabels, type Cell } from './cell'
import { createCellDocuments } from './cell-document'
import { cellNetwork, type CellNetworkOptions } from './cell-layers'
import { CELL_EDITS, cellDistance, cellKey, cellsByEdit, crossCells, mutateCell } from './edits'
import { countAllCells, enumerateCells, randomCell } from './enumerate'
import { cellFeatures } from './features'
import { CELL_SPACE, cellGenotype, cellOf, parseCellGenotype, type CellGenotype } from './genotype'

export interface CellSpace extends Space<CellGenotype> {
  /** The network of a cell spelled out in layers. */
  toGraph(genotype: CellGenotype): LayerGraph
  /** Every unique cell, by vertices, then edges, then operations. */
  all(): Generator<CellGenotype>
}

/** Canonical cells of genotypes that were asked for before. */
const known = new WeakMap<CellGenotype, Cell>()

/** A canonical cell's genotype, which is remembered to be it. */
function genotypeOf(cell: Cell): CellGenotype {
  const genotype = cellGenotype(cell)
  known.set(genotype, cell)
  return genotype
}

/** As `canonical`, and not remembered where nobody asks again: that would be a tenth of the cost of writing a document. */
function canonicalOnce(genotype: CellGenotype): Cell {
  const cell = known.get(genotype) ?? canonicalCell(cellOf(genotype))
  if (cell !== undefined) return cell
  throw new AppError(
    'invalid-architecture',
    `The cell ${genotype.matrix} has no path from input to output within nine edges.`,
  )
}

/** The canonical cell of a genotype that `parse` accepted. @throws AppError for one outside the space. */
function canonical(genotype: CellGenotype): Cell {
  const remembered = known.get(genotype)
  if (remembered !== undefined) return remembered
  const cell = canonicalOnce(genotype)
  known.set(genotype, cell)
  return cell
}

/** @param options skeleton of the networks; the published one for CIFAR-10 by default */
export function createCellSpace(options: CellNetworkOptions = {}): CellSpace {
  const toGraph = (genotype: CellGenotype): LayerGraph => cellNetwork(canonical(genotype), options)
  const documentOf = createCellDocuments(options)
  return {
    name: CELL_SPACE,
    size: () => ({ count: countAllCells(), exact: true }),
    parse: parseCellGenotype,
    random: (random) => genotypeOf(randomCell(random)),
    problems: (genotype) => cellProblems(cellOf(genotype)),
    mutate: (genotype, random) => genotypeOf(mutateCell(canonical(genotype), random)),
    crossover: (first, second, random) => {
      const [a, b] = crossCells(canonical(first), canonical(second), random)
      return [genotypeOf(a), genotypeOf(b)]
    },
    neighbours: (genotype) => {
      const cell = canonical(genotype)
      const found = new Map<string, Cell>()
      for (const edit of CELL_EDITS) for (const result of cellsByEdit(cell, edit)) found.set(cellKey(result), result)
      return [...found.values()].map(genotypeOf)
    },
    distance: (first, second) => cellDistance(canonical(first), canonical(second)),
    canonicalKey: (genotype) => cellKey(canonical(genotype)),
    features: (genotype) => cellFeatures(canonical(genotype)),
    toDocument: (genotype, name) => documentOf(canonicalOnce(genotype), name),
    positions: (genotype) => genotype.operations.length,
    nameAt: (genotype, position) => {
      const operation = genotype.operations[position]
      if (operation === undefined)
        throw new RangeError(`positions are 0 to ${genotype.operations.length - 1}, received ${position}`)
      return operation
    },
    names: () => CELL_OPERATIONS,
    replaceAt: (genotype, position, name) => {
      const label = CELL_OPERATIONS.findIndex((operation) => operation === name)
      if (label < 0) return undefined
      const cell = cellOf(genotype)
      const digits = labelsOf(cell).map((digit, i) => (i === position ? label : digit))
      // Not made canonical: positions must keep their meaning while several are replaced one after the other.
      return cellGenotype({ ...cell, labels: packLabels(digits) })
    },
    toGraph,
    *all() {
      for (const cell of enumerateCells()) yield genotypeOf(cell)
    },
  }
}
