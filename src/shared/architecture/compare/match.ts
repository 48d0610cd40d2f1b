// Which node of one document is which node of another: ids may have shifted (the third block of a chain is another one after
// an insertion), so nodes are aligned in topological order by what they are, and ids only break ties. Alignment is the
// textbook dynamic programme (Needleman and Wunsch 1970); what is left over is matched by id.
import { required } from '../../required'
import { equalJson } from '../document/equal'
import { graphOf } from '../document/graph'
import { isInnerNode, type ArchitectureDocument, type InnerNodeRecord } from '../document/records'

/** Node of the second document by node of the first; both are inner nodes of one kind or block. */
export type NodeMatches = ReadonlyMap<string, string>

/** Cells of the alignment table: 2,000 by 2,000 nodes, 16 MB. Larger differences are matched by id alone. */
const MAX_CELLS = 4_000_000

/** Being of one kind outweighs everything; equal parameters outweigh an equal id, which positional ids share by accident. */
const SAME_KIND = 4
const SAME_PARAMETERS = 2
const SAME_ID = 1

const whatOf = (node: InnerNodeRecord): string => (node.type === 'layer' ? `layer ${node.kind}` : `block ${node.block}`)

/** Inner nodes in topological order, then those on cycles. */
export function innerNodes(document: ArchitectureDocument): InnerNodeRecord[] {
  const { order, nodes } = graphOf(document)
  const ids = new Set([...order, ...nodes.keys()])
  return [...ids].map((id) => required(nodes, id, 'node')).filter(isInnerNode)
}

function affinity(a: InnerNodeRecord, b: InnerNodeRecord): number {
  if (whatOf(a) !== whatOf(b)) return -1
  return SAME_KIND + (equalJson(a.parameters, b.parameters) ? SAME_PARAMETERS : 0) + (a.id === b.id ? SAME_ID : 0)
}

function align(
  first: readonly InnerNodeRecord[],
  second: readonly InnerNodeRecord[],
  pairs: Map<string, string>,
): void {
  const [rows, columns] = [first.length, second.length]
  if (rows === 0 || columns === 0 || rows * columns > MAX_CELLS) return
  const stride = columns + 1
  /** Best score of what is left behind (i, j). */
  const best = new Int32Array((rows + 1) * stride)
  for (let i = rows - 1; i >= 0; i--)
    for (let j = columns - 1; j >= 0; j--) {
      const score = affinity(first[i]!, second[j]!)
      const paired = score < 0 ? -1 : score + best[(i + 1) * stride + j + 1]!
      best[i * stride + j] = Math.max(paired, best[(i + 1) * stride + j]!, best[i * stride + j + 1]!)
    }
  for (let i = 0, j = 0; i < rows && j < columns;) {
    const score = affinity(first[i]!, second[j]!)
    const here = best[i * stride + j]!
    if (score >= 0 && here === score + best[(i + 1) * stride + j + 1]!) pairs.set(first[i++]!.id, second[j++]!.id)
    else if (here === best[(i + 1) * stride + j]!) i++
    else j++
  }
}

export function matchNodes(from: ArchitectureDocument, to: ArchitectureDocument): NodeMatches {
  const first = innerNodes(from)
  const second = innerNodes(to)
  const pairs = new Map<string, string>()
  const isEqual = (a: InnerNodeRecord | undefined, b: InnerNodeRecord | undefined): boolean =>
    a !== undefined && b !== undefined && affinity(a, b) >= SAME_KIND + SAME_PARAMETERS
  // Equal beginnings and ends need no table: most comparisons are of two versions of one design.
  let start = 0
  while (isEqual(first[start], second[start])) {
    pairs.set(first[start]!.id, second[start]!.id)
    start++
  }
  let [end, otherEnd] = [first.length, second.length]
  while (end > start && otherEnd > start && isEqual(first[end - 1], second[otherEnd - 1]))
    pairs.set(first[--end]!.id, second[--otherEnd]!.id)
  align(first.slice(start, end), second.slice(start, otherEnd), pairs)
  const taken = new Set(pairs.values())
  const byId = new Map(second.map((node) => [node.id, node]))
  for (const node of first) {
    const other = byId.get(node.id)
    if (pairs.has(node.id) || other === undefined || taken.has(other.id) || whatOf(node) !== whatOf(other)) continue
    pairs.set(node.id, other.id)
  }
  return pairs
}
