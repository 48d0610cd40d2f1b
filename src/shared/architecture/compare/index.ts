// What distinguishes two architectures: nodes added, removed and changed, and what each difference costs. Matching is
// match.ts; a diff of records, which undo and files use, is document/diff.ts.
import type { BlockLibrary } from '../block'
import { canonicalHash } from '../canonical'
import { inspectDocument, type Inspection } from '../checks'
import { equalJson } from '../document/equal'
import { graphOf, metaOf } from '../document/graph'
import type { ArchitectureDocument, InnerNodeRecord } from '../document/records'
import { elaborate } from '../elaborate'
import type { LayerCost, ParameterValue } from '../layer'
import { innerNodes, matchNodes, type NodeMatches } from './match'

export { matchNodes, type NodeMatches } from './match'

/** Undefined where a problem keeps a cost from being known. */
export type CostPair = readonly [from: LayerCost | undefined, to: LayerCost | undefined]

export interface ComparedNode {
  readonly id: string
  /** Label, else id. */
  readonly name: string
  readonly type: 'layer' | 'block'
  /** Kind of the layer or name of the block. */
  readonly of: string
}

export interface ParameterChange {
  readonly name: string
  readonly from: ParameterValue | undefined
  readonly to: ParameterValue | undefined
}

export interface ChangedNode {
  readonly from: ComparedNode
  readonly to: ComparedNode
  readonly parameters: readonly ParameterChange[]
  /** Reads from elsewhere, nodes that were only put in between or taken out not counted. */
  readonly isRewired: boolean
  readonly cost: CostPair
}

export interface Comparison {
  readonly added: readonly { readonly node: ComparedNode; readonly cost: LayerCost | undefined }[]
  readonly removed: readonly { readonly node: ComparedNode; readonly cost: LayerCost | undefined }[]
  readonly changed: readonly ChangedNode[]
  /** Unchanged themselves, but with another cost because of what comes in. */
  readonly affected: readonly { readonly from: ComparedNode; readonly to: ComparedNode; readonly cost: CostPair }[]
  /** Matched nodes that are neither changed nor affected. */
  readonly unchanged: number
  /** Input shape, classes and name. */
  readonly settings: readonly { readonly name: string; readonly from: string; readonly to: string }[]
  /** Of the whole architectures. */
  readonly cost: CostPair
  /** Whether both compute the same, whatever their nodes are called; undefined while one has errors. */
  readonly isSameNetwork: boolean | undefined
}

interface Side {
  readonly document: ArchitectureDocument
  readonly inspection: Inspection
  readonly parameters: ReadonlyMap<string, Readonly<Record<string, ParameterValue>>>
}

function sideOf(document: ArchitectureDocument, library: BlockLibrary): Side {
  return {
    document,
    inspection: inspectDocument(document, library),
    parameters: elaborate(document, library, { withDeadParts: true }).parameters,
  }
}

const comparedNode = (node: InnerNodeRecord): ComparedNode => ({
  id: node.id,
  name: node.label ?? node.id,
  type: node.type,
  of: node.type === 'layer' ? node.kind : node.block,
})

function parameterChanges(from: Side, to: Side, a: InnerNodeRecord, b: InnerNodeRecord): ParameterChange[] {
  const before = from.parameters.get(a.id) ?? {}
  const after = to.parameters.get(b.id) ?? {}
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => !equalJson(before[name], after[name]))
    .map((name) => ({ name, from: before[name], to: after[name] }))
}

/** Where a node reads from, past nodes with one input that the other document lacks. */
function sources(document: ArchitectureDocument, id: string, isMatched: (id: string) => boolean): string[] {
  const graph = graphOf(document)
  return graph.incoming(id).map(({ from }) => {
    let at = from
    for (const seen = new Set<string>(); !isMatched(at) && !seen.has(at);) {
      seen.add(at)
      const before = graph.incoming(at)
      if (before.length !== 1) break
      at = before[0]!.from
    }
    return at
  })
}

function settingsOf(document: ArchitectureDocument): Record<string, string> {
  const meta = metaOf(document)
  const settings = { name: meta.name, kind: meta.kind, input: meta.input.join('x') }
  return meta.kind === 'network'
    ? { ...settings, classes: String(meta.classes) }
    : { ...settings, parameters: JSON.stringify(meta.parameters) }
}

function wiring(from: ArchitectureDocument, to: ArchitectureDocument, matches: NodeMatches) {
  const matched = new Set(matches.values())
  const isTerminal = (id: string): boolean => id === 'input' || id === 'output'
  return (a: string, b: string): boolean => {
    const before = sources(from, a, (id) => isTerminal(id) || matches.has(id)).map((id) => matches.get(id) ?? id)
    const after = sources(to, b, (id) => isTerminal(id) || matched.has(id))
    return before.join() !== after.join()
  }
}

/** @param library where blocks that the documents do not embed are looked up */
export function compareDocuments(
  from: ArchitectureDocument,
  to: ArchitectureDocument,
  library: BlockLibrary,
): Comparison {
  const matches = matchNodes(from, to)
  const [before, after] = [sideOf(from, library), sideOf(to, library)]
  const isRewired = wiring(from, to, matches)
  const targets = new Map(innerNodes(to).map((node) => [node.id, node]))
  const costOf = ({ inspection }: Side, id: string): LayerCost | undefined => inspection.nodeCosts.get(id)
  const changed: ChangedNode[] = []
  const affected: { from: ComparedNode; to: ComparedNode; cost: CostPair }[] = []
  const removed: { node: ComparedNode; cost: LayerCost | undefined }[] = []
  let unchanged = 0
  for (const node of innerNodes(from)) {
    const other = targets.get(matches.get(node.id) ?? '')
    if (other === undefined) {
      removed.push({ node: comparedNode(node), cost: costOf(before, node.id) })
      continue
    }
    targets.delete(other.id)
    const parameters = parameterChanges(before, after, node, other)
    const cost: CostPair = [costOf(before, node.id), costOf(after, other.id)]
    const pair = { from: comparedNode(node), to: comparedNode(other), cost }
    const rewired = isRewired(node.id, other.id)
    if (parameters.length > 0 || rewired) changed.push({ ...pair, parameters, isRewired: rewired })
    else if (!equalJson(cost[0], cost[1])) affected.push(pair)
    else unchanged++
  }
  const [ours, theirs] = [settingsOf(from), settingsOf(to)]
  const [graph, otherGraph] = [before.inspection.graph, after.inspection.graph]
  return {
    added: [...targets.values()].map((node) => ({ node: comparedNode(node), cost: costOf(after, node.id) })),
    removed,
    changed,
    affected,
    unchanged,
    settings: [...new Set([...Object.keys(ours), ...Object.keys(theirs)])]
      .filter((name) => ours[name] !== theirs[name])
      .map((name) => ({ name, from: ours[name] ?? '', to: theirs[name] ?? '' })),
    cost: [before.inspection.cost, after.inspection.cost],
    isSameNetwork: graph && otherGraph && canonicalHash(graph) === canonicalHash(otherGraph),
  }
}
