// NAS-Bench-201 for the registry: the space and its language.
import { decodeEdges, edgeGrammar, encodeEdges } from '../../language/workbench/edge-codec'
import type { SpaceKind } from '../space'
import { CELL_EDGES, publishedEdgeClass } from './genotype'
import type { EdgeSpaceDefinition } from './schema'
import { createEdgeSpace, type EdgeSpace } from './space'

export const edgeKind: SpaceKind<EdgeSpaceDefinition> = {
  open({ channels, stacks, cellsPerStack }, { shape, classes }): EdgeSpace {
    const space = createEdgeSpace({ input: shape, classes, channels, stacks, cellsPerStack })
    return {
      ...space,
      codec: { encode: encodeEdges, decode: decodeEdges, grammar: edgeGrammar },
      describe: () => ({
        noun: 'cells',
        parts: {
          edges: CELL_EDGES.length,
          operations: space.names(),
          skeleton: `${channels} channels, ${stacks} x ${cellsPerStack} cells`,
        },
        classes: new Set([...space.all()].map(publishedEdgeClass)).size,
      }),
    }
  },
}
