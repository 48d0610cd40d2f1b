// NAS-Bench-101 for the registry: the space, every cell of it, and its language.
import { decodeCell, encodeCell } from '../../language/workbench/cell-codec'
import { cellGrammar } from '../../language/workbench/cell-grammar'
import type { SpaceKind } from '../space'
import { MAX_EDGES, MAX_VERTICES } from './cell'
import { cellGenotype, cellOf } from './genotype'
import type { CellSpaceDefinition } from './schema'
import { createCellSpace, type CellSpace } from './space'

export const cellKind: SpaceKind<CellSpaceDefinition> = {
  open({ channels, stacks, cellsPerStack }, { shape, classes }): CellSpace {
    const space = createCellSpace({ input: shape, classes, channels, stacks, cellsPerStack })
    return {
      ...space,
      codec: {
        encode: (genotype) => encodeCell(cellOf(genotype)),
        decode: (tokens) => cellGenotype(decodeCell(tokens)),
        grammar: cellGrammar,
      },
      describe: () => ({
        noun: 'unique cells',
        parts: {
          vertices: `at most ${MAX_VERTICES}`,
          edges: `at most ${MAX_EDGES}`,
          operations: space.names(),
          skeleton: `${channels} channels, ${stacks} x ${cellsPerStack} cells`,
        },
      }),
    }
  },
}
