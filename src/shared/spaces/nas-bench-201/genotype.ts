// NAS-Bench-201 cells (Dong & Yang 2020): four nodes, an operation on each of the six edges between them. The JSON form,
// its digits as published tables write them, and which cells are the same network.
import { z } from 'zod'
import { parseGenotype } from '../genotype'

export const EDGE_SPACE = 'nas-bench-201'

/** In the published order: the digit of an operation is its index. */
export const EDGE_OPERATIONS = ['none', 'skip_connect', 'nor_conv_1x1', 'nor_conv_3x3', 'avg_pool_3x3'] as const
export type EdgeOperation = (typeof EDGE_OPERATIONS)[number]

/** Edges in the order of the digits, `[from, to]`. */
export const CELL_EDGES = [
  [0, 1],
  [0, 2],
  [1, 2],
  [0, 3],
  [1, 3],
  [2, 3],
] as const
export const EDGE_CELLS = EDGE_OPERATIONS.length ** CELL_EDGES.length

/** One operation per edge, in the order of `CELL_EDGES`. */
export type EdgeGenotype = { readonly space: typeof EDGE_SPACE; readonly operations: readonly EdgeOperation[] }

const edgeGenotypeSchema = z.object({
  space: z.literal(EDGE_SPACE),
  operations: z.array(z.enum(EDGE_OPERATIONS)).length(CELL_EDGES.length),
})

/** @throws AppError `invalid-architecture` naming the place. */
export function parseEdgeGenotype(json: unknown): EdgeGenotype {
  return parseGenotype(json, {
    schema: edgeGenotypeSchema,
    title: 'NAS-Bench-201',
    fix: `Name one of ${EDGE_OPERATIONS.join(', ')} for each of the six edges.`,
  })
}

/** Six digits, one per edge: the key of published tables. */
export function edgeDigits({ operations }: Pick<EdgeGenotype, 'operations'>): string {
  return operations.map((operation) => EDGE_OPERATIONS.indexOf(operation)).join('')
}

/** The cell at `index`, whose digits are `index` in base 5, first edge first. @param index integer in [0, 15625) */
export function edgeGenotypeAt(index: number): EdgeGenotype {
  const digits = index.toString(EDGE_OPERATIONS.length).padStart(CELL_EDGES.length, '0')
  return { space: EDGE_SPACE, operations: [...digits].map((digit) => EDGE_OPERATIONS[Number(digit)]!) }
}

function classText({ operations }: Pick<EdgeGenotype, 'operations'>, keepsZeros: boolean): string {
  const nodes = ['0']
  for (let to = 1; to <= 3; to++) {
    const terms: string[] = []
    CELL_EDGES.forEach(([from, target], i) => {
      if (target !== to) return
      const source = nodes[from]!
      const operation = EDGE_OPERATIONS.indexOf(operations[i]!)
      if (operation === 0 || source === '#') terms.push('#')
      else terms.push(operation === 1 ? source : `(${source})@${operation}`)
    })
    const summed = keepsZeros ? terms : terms.filter((term) => term !== '#')
    nodes.push(summed.length === 0 ? '#' : summed.sort().join('+'))
  }
  return nodes[3]!
}

/**
 * One text per class of cells that compute the same: a node is the sorted sum of what reaches it, a skip adds nothing,
 * what comes through `none` is nothing. 5,390 classes.
 */
export function edgeClass(genotype: Pick<EdgeGenotype, 'operations'>): string {
  return classText(genotype, false)
}

/**
 * The benchmark's published classes, 6,466: as `edgeClass`, but a zero stays a term of the sum, so that some cells which
 * compute the same are told apart. For comparing with figures quoted per class.
 */
export function publishedEdgeClass(genotype: Pick<EdgeGenotype, 'operations'>): string {
  return classText(genotype, true)
}
