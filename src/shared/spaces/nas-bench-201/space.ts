// NAS-Bench-201 as a space a search may visit: 15,625 cells, one operation on each of six edges.
import { graphDocument } from '../../architecture/document'
import type { LayerGraph } from '../../architecture/layer'
import { wordFeatures } from '../features'
import type { Space } from '../space'
import { edgeNetwork, type EdgeNetworkOptions } from './edge-layers'
import {
  CELL_EDGES,
  EDGE_CELLS,
  EDGE_OPERATIONS,
  EDGE_SPACE,
  edgeClass,
  edgeGenotypeAt,
  parseEdgeGenotype,
  type EdgeGenotype,
  type EdgeOperation,
} from './genotype'

export interface EdgeSpace extends Space<EdgeGenotype> {
  /** The network of a cell spelled out in layers. */
  toGraph(genotype: EdgeGenotype): LayerGraph
  /** Every cell, in the order of the digits. */
  all(): Generator<EdgeGenotype>
}

const replaced = ({ operations }: EdgeGenotype, edge: number, operation: EdgeOperation): EdgeGenotype => ({
  space: EDGE_SPACE,
  operations: operations.map((old, i) => (i === edge ? operation : old)),
})

/** @param options skeleton of the networks; the published one for CIFAR-10 by default */
export function createEdgeSpace(options: EdgeNetworkOptions = {}): EdgeSpace {
  const toGraph = (genotype: EdgeGenotype): LayerGraph => edgeNetwork(genotype, options)
  const neighbours = (genotype: EdgeGenotype): EdgeGenotype[] =>
    genotype.operations.flatMap((old, edge) =>
      EDGE_OPERATIONS.filter((operation) => operation !== old).map((operation) => replaced(genotype, edge, operation)),
    )
  const featuresOfOperations = wordFeatures(
    CELL_EDGES.map(([from, to]) => ({ name: `${from}-${to}`, choices: EDGE_OPERATIONS })),
  )
  return {
    name: EDGE_SPACE,
    size: () => ({ count: EDGE_CELLS, exact: true }),
    parse: parseEdgeGenotype,
    random: (random) => edgeGenotypeAt(random.integer(EDGE_CELLS)),
    problems: () => [],
    mutate: (genotype, random) => random.choice(neighbours(genotype)),
    crossover: (first, second, random) => {
      const takesFirst = first.operations.map(() => random.chance(0.5))
      const child = (own: EdgeGenotype, other: EdgeGenotype): EdgeGenotype => ({
        space: EDGE_SPACE,
        operations: own.operations.map((operation, i) => (takesFirst[i] ? operation : other.operations[i]!)),
      })
      return [child(first, second), child(second, first)]
    },
    neighbours,
    distance: (first, second) => first.operations.filter((operation, i) => operation !== second.operations[i]).length,
    canonicalKey: (genotype) => `nb201-${edgeClass(genotype)}`,
    features: ({ operations }) => featuresOfOperations(operations),
    toDocument: (genotype, name) => graphDocument({ name, classes: options.classes ?? 10, graph: toGraph(genotype) }),
    positions: ({ operations }) => operations.length,
    nameAt: ({ operations }, position) => {
      const operation = operations[position]
      if (operation === undefined)
        throw new RangeError(`positions are 0 to ${operations.length - 1}, received ${position}`)
      return operation
    },
    names: () => EDGE_OPERATIONS,
    replaceAt: (genotype, position, name) => {
      const operation = EDGE_OPERATIONS.find((known) => known === name)
      return operation === undefined ? undefined : replaced(genotype, position, operation)
    },
    toGraph,
    *all() {
      for (let index = 0; index < EDGE_CELLS; index++) yield edgeGenotypeAt(index)
    },
  }
}
