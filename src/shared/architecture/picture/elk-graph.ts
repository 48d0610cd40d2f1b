// An architecture as ELK's layered algorithm takes it, and what it answers: top to bottom, in one column where the graph is one, because
// columns side by side would jump at every edit. Who runs ELK, and where, is not known here.
import type { ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api.js'
import { INPUT_NODE_ID, graphOf, type ArchitectureDocument, type Position } from '../document'
import { required } from '../../required'
import type { Layout } from './graph'
import { LAYER_GAP, SIDE_GAP, sizeOf } from './size'

const OPTIONS = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.layered.spacing.nodeNodeBetweenLayers': String(LAYER_GAP),
  'elk.spacing.nodeNode': String(SIDE_GAP),
  'elk.layered.spacing.edgeNodeBetweenLayers': '10',
  'elk.spacing.edgeNode': '16',
  // Keeps a chain in one straight line with its shortcuts beside it.
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  // Branches keep the order of the document instead of jumping with every edit.
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
}

/**
 * Nodes beyond which the careful placement takes over a second, and moving everything takes more than a frame; the quick
 * placement is as good for chains (measured on ResNet-101's 347 nodes).
 */
export const LARGE = 120
const LARGE_OPTIONS = { 'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF', 'elk.layered.thoroughness': '1' }

/** The document's graph with one port above and one below each node, so that lines meet the middle of a card. */
export function toElk(document: ArchitectureDocument): ElkNode {
  const { nodes, edges, order } = graphOf(document)
  const ids = [...new Set([...order, ...nodes.keys()])]
  return {
    id: 'root',
    layoutOptions: ids.length > LARGE ? { ...OPTIONS, ...LARGE_OPTIONS } : OPTIONS,
    children: ids.map((id) => {
      const size = sizeOf(required(nodes, id, 'node').type)
      return {
        id,
        ...size,
        layoutOptions: { 'elk.portConstraints': 'FIXED_POS' },
        ports: [
          { id: `${id}/in`, x: size.width / 2, y: 0, width: 0, height: 0, layoutOptions: { 'elk.port.side': 'NORTH' } },
          {
            id: `${id}/out`,
            x: size.width / 2,
            y: size.height,
            width: 0,
            height: 0,
            layoutOptions: { 'elk.port.side': 'SOUTH' },
          },
        ],
      }
    }),
    edges: edges
      .filter((edge) => nodes.has(edge.from) && nodes.has(edge.to))
      .map((edge): ElkExtendedEdge => ({ id: edge.id, sources: [`${edge.from}/out`], targets: [`${edge.to}/in`] })),
  }
}

export function fromElk(root: ElkNode): Layout {
  const positions = new Map<string, Position>()
  for (const { id, x = 0, y = 0, width = 0, height = 0 } of root.children ?? [])
    positions.set(id, { x: x + width / 2, y: y + height / 2 })
  const origin = positions.get(INPUT_NODE_ID) ?? { x: 0, y: 0 }
  const shift = ({ x, y }: Position): Position => ({ x: x - origin.x, y: y - origin.y })
  const bends = new Map<string, readonly Position[]>()
  for (const { id, sections } of root.edges ?? []) bends.set(id, (sections?.[0]?.bendPoints ?? []).map(shift))
  return { positions: new Map([...positions].map(([id, position]) => [id, shift(position)])), bends }
}
