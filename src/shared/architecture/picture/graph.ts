// What the canvas draws, as plain data: nodes with their places, edges with their bends. From the document and a layout,
// without any drawing library.
import { INPUT_NODE_ID, graphOf, type ArchitectureDocument, type EdgeRecord, type Position } from '../document'
import { required } from '../../required'
import type { Card } from './cards'
import { createDetours } from './detour'
import { LAYER_GAP, NODE_HEIGHT, sizeOf, type Size } from './size'

export interface DrawnNode extends Size {
  readonly id: string
  readonly position: Position
  /** True where the user put it there. */
  readonly isPlaced: boolean
}
export interface DrawnEdge {
  readonly id: string
  readonly from: string
  readonly to: string
  /** Corners between the two nodes; none where the line finds its own way. */
  readonly bends: readonly Position[]
  readonly isFaulty: boolean
}
export interface DrawnGraph {
  readonly nodes: readonly DrawnNode[]
  readonly edges: readonly DrawnEdge[]
}

/** Places and bends from an automatic layout, `input` at the origin. */
export interface Layout {
  readonly positions: ReadonlyMap<string, Position>
  readonly bends: ReadonlyMap<string, readonly Position[]>
}
export const NO_LAYOUT: Layout = { positions: new Map(), bends: new Map() }

/** Hand-made places first, then the layout's; a node that has neither yet stands below what feeds it. */
export function drawnGraph(
  document: ArchitectureDocument,
  layout: Layout,
  cards: ReadonlyMap<string, Card>,
  faultyEdges: ReadonlySet<string> = new Set(),
): DrawnGraph {
  const graph = graphOf(document)
  const origin = graph.nodes.get(INPUT_NODE_ID)?.position ?? { x: 0, y: 0 }
  const nodes = new Map<string, DrawnNode>()
  for (const id of new Set([...graph.order, ...graph.nodes.keys()])) {
    const node = required(graph.nodes, id, 'node')
    const known = layout.positions.get(id)
    const feeding = nodes.get(graph.incoming(id)[0]?.from ?? '')
    const below = feeding
      ? { x: feeding.position.x, y: feeding.position.y + NODE_HEIGHT + LAYER_GAP }
      : { x: origin.x, y: origin.y }
    const automatic = known ? { x: known.x + origin.x, y: known.y + origin.y } : below
    nodes.set(id, {
      id,
      ...sizeOf(node.type),
      position: node.position ?? automatic,
      isPlaced: node.position !== undefined,
    })
  }
  const detour = createDetours([...nodes.values()])
  const drawEdge = (edge: EdgeRecord): DrawnEdge => {
    const [from, to] = [required(nodes, edge.from, 'node'), required(nodes, edge.to, 'node')]
    const led = from.isPlaced || to.isPlaced ? undefined : layout.bends.get(edge.id)
    return {
      id: edge.id,
      from: edge.from,
      to: edge.to,
      bends: led?.map(({ x, y }) => ({ x: x + origin.x, y: y + origin.y })) ?? detour(from, to),
      isFaulty: faultyEdges.has(edge.id) || ((cards.get(edge.to)?.errors ?? 0) > 0 && !cards.get(edge.to)?.shape),
    }
  }
  const edges = graph.edges.filter((edge) => nodes.has(edge.from) && nodes.has(edge.to)).map(drawEdge)
  return { nodes: [...nodes.values()], edges }
}

/** What an automatic layout depends on: equal keys need no new one. Places made by hand do not change it. */
export function layoutKey(document: ArchitectureDocument): string {
  const { nodes, edges } = graphOf(document)
  return `${[...nodes.keys()].join()}|${edges.map(({ id, from, to }) => `${id}:${from}>${to}`).join()}`
}

/**
 * A corner as Cytoscape wants it: how far along the line between the two centres, and how far aside in pixels.
 * Undefined for nodes at the same place.
 */
export function segmentOf(
  from: Position,
  to: Position,
  corner: Position,
): { readonly weight: number; readonly distance: number } | undefined {
  const [dx, dy] = [to.x - from.x, to.y - from.y]
  const length = Math.hypot(dx, dy)
  if (length === 0) return undefined
  const [cx, cy] = [corner.x - from.x, corner.y - from.y]
  return { weight: (cx * dx + cy * dy) / length ** 2, distance: (cy * dx - cx * dy) / length }
}

/** Smallest box around the nodes; null without any. */
export function boundsOf(
  nodes: readonly DrawnNode[],
): { readonly x: number; readonly y: number; readonly width: number; readonly height: number } | null {
  if (nodes.length === 0) return null
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const { position, width, height } of nodes) {
    left = Math.min(left, position.x - width / 2)
    right = Math.max(right, position.x + width / 2)
    top = Math.min(top, position.y - height / 2)
    bottom = Math.max(bottom, position.y + height / 2)
  }
  return { x: left, y: top, width: right - left, height: bottom - top }
}
