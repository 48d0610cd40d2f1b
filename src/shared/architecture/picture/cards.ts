// What each node of a document shows, wherever it is shown (canvas, outline, minimap, preview): pure data.
import type { BlockLibrary } from '../block'
import { catalogue } from '../catalogue'
import type { Inspection, Severity } from '../checks'
import { graphOf, type ArchitectureDocument, type NodeRecord } from '../document'
import type { LayerFamily } from '../layer'
import { required } from '../../required'
import { blockFamily } from './block-family'
import { blockIn, blocksIn } from './block-in'
import { parameterText } from './parameter-text'

type Shown = Pick<Inspection, 'problems' | 'nodeShapes' | 'nodeCosts'>

export interface Card {
  readonly id: string
  readonly type: NodeRecord['type']
  /** Label, else title of its kind; empty for terminals, which are named by the language. */
  readonly title: string
  /** Key parameters, short. */
  readonly detail: string
  /** `32x32x64`, or empty while unknown. */
  readonly shape: string
  readonly family: LayerFamily
  /** Share of the document's multiply-accumulates, 0 to 1. */
  readonly share: number
  readonly errors: number
  readonly warnings: number
  /** Suggested or chosen by the proposer: drawn dashed. */
  readonly isMarked: boolean
}

/** Cards in topological order; nodes on a circle (damaged data) last. `before` gives unchanged cards their identity back. */
export function cardsOf(
  document: ArchitectureDocument,
  inspection: Shown,
  library: BlockLibrary,
  options: { readonly marked?: ReadonlySet<string>; readonly before?: ReadonlyMap<string, Card> } = {},
): ReadonlyMap<string, Card> {
  const graph = graphOf(document)
  const errors = countBy(inspection, 'error')
  const warnings = countBy(inspection, 'warning')
  let macs = 0
  for (const cost of inspection.nodeCosts.values()) macs += cost.macs
  const cards = new Map<string, Card>()
  for (const id of new Set([...graph.order, ...graph.nodes.keys()])) {
    const node = required(graph.nodes, id, 'node')
    const card: Card = {
      id,
      type: node.type,
      ...face(document, node, library),
      shape: inspection.nodeShapes.get(id)?.join('x') ?? '',
      share: macs === 0 ? 0 : (inspection.nodeCosts.get(id)?.macs ?? 0) / macs,
      errors: errors.get(id) ?? 0,
      warnings: warnings.get(id) ?? 0,
      isMarked: options.marked?.has(id) ?? false,
    }
    const before = options.before?.get(id)
    cards.set(id, before && isEqual(before, card) ? before : card)
  }
  return cards
}

function face(
  document: ArchitectureDocument,
  node: NodeRecord,
  library: BlockLibrary,
): Pick<Card, 'title' | 'detail' | 'family'> {
  switch (node.type) {
    case 'input':
    case 'output':
      return { title: node.label ?? '', detail: '', family: 'other' }
    case 'layer': {
      const definition = catalogue.get(node.kind)
      return {
        title: node.label ?? definition?.title ?? node.kind,
        detail: parameterText(definition?.parameters ?? {}, node.parameters),
        family: definition?.family ?? 'other',
      }
    }
    case 'block': {
      const block = blockIn(document, node.block, library)
      return {
        title: node.label ?? block?.title ?? node.block,
        detail: parameterText(block?.parameters ?? {}, node.parameters),
        family: block ? blockFamily(block, blocksIn(document, library)) : 'other',
      }
    }
  }
}

function countBy({ problems }: Shown, severity: Severity): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const problem of problems)
    if (problem.severity === severity && problem.nodeId !== undefined)
      counts.set(problem.nodeId, (counts.get(problem.nodeId) ?? 0) + 1)
  return counts
}

function isEqual(a: Card, b: Card): boolean {
  return (Object.keys(b) as (keyof Card)[]).every((key) => a[key] === b[key])
}
