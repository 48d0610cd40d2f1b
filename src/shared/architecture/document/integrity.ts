// What must hold between the records of a document that came from outside: ids match their keys, the fixed records exist,
// edges end at nodes and never run in a circle, definitions are blocks. What a design may lack for a while is for checks/.
import { parameterProblem } from '../catalogue'
import { graphOf } from './graph'
import { MAX_DEFINITIONS, MAX_EDGES, MAX_NODES } from './limits'
import type { ArchitectureDocument, BlockMeta, DocumentRecord, EdgeRecord } from './records'
import { INPUT_NODE_ID, META_ID, OUTPUT_NODE_ID, definitionId, isNode } from './records'

/** The first broken rule as `place: reason`, or undefined when everything holds. */
export function integrityProblem(document: ArchitectureDocument, isEmbedded = false): string | undefined {
  const counts = { node: 0, edge: 0, definition: 0 }
  for (const [key, record] of Object.entries(document.records)) {
    const problem = recordProblem(document, key, record, isEmbedded)
    if (problem !== undefined) return `records.${key}${problem}`
    if (record.type === 'edge') counts.edge++
    else if (record.type === 'definition') counts.definition++
    else if (record.type !== 'meta') counts.node++
  }
  if (counts.node > MAX_NODES) return `records: ${counts.node} nodes, expected at most ${MAX_NODES}`
  if (counts.edge > MAX_EDGES) return `records: ${counts.edge} edges, expected at most ${MAX_EDGES}`
  if (counts.definition > MAX_DEFINITIONS)
    return `records: ${counts.definition} definitions, expected at most ${MAX_DEFINITIONS}`
  for (const id of [META_ID, INPUT_NODE_ID, OUTPUT_NODE_ID])
    if (document.records[id] === undefined) return `records: there is no record "${id}"`
  const [first] = graphOf(document).cyclic
  return first === undefined ? undefined : `records.${first}: is on a cycle, a network must be free of them`
}

function recordProblem(
  document: ArchitectureDocument,
  key: string,
  record: DocumentRecord,
  isEmbedded: boolean,
): string | undefined {
  if (record.id !== key) return `.id: expected the record's key "${key}", received "${record.id}"`
  const fixed = record.type === 'meta' || record.type === 'input' || record.type === 'output' ? record.type : undefined
  const reserved = [META_ID, INPUT_NODE_ID, OUTPUT_NODE_ID].find((id) => id === key)
  if (fixed !== reserved) return `.type: a record "${key}" cannot be of type "${record.type}"`
  if (record.type === 'edge') return edgeProblem(document, record)
  if (record.type === 'meta' && record.kind === 'block') return specProblem(record)
  if (record.type !== 'definition') return undefined
  if (isEmbedded) return ': an embedded block cannot embed further blocks, put them beside it'
  if (key !== definitionId(record.name)) return `.id: expected "${definitionId(record.name)}"`
  const inner = integrityProblem(record.document, true)
  if (inner !== undefined) return `.document.${inner}`
  const meta = record.document.records[META_ID]
  if (meta?.type !== 'meta' || meta.kind !== 'block') return '.document.records.meta.kind: expected "block"'
  return meta.name === record.name ? undefined : `.document.records.meta.name: expected "${record.name}"`
}

function edgeProblem(document: ArchitectureDocument, edge: EdgeRecord): string | undefined {
  for (const end of ['from', 'to'] as const) {
    const node = document.records[edge[end]]
    if (!node || !isNode(node)) return `.${end}: there is no node "${edge[end]}"`
  }
  if (edge.from === OUTPUT_NODE_ID) return '.from: nothing can follow the output'
  return edge.to === INPUT_NODE_ID ? '.to: nothing can lead to the input' : undefined
}

function specProblem(meta: BlockMeta): string | undefined {
  for (const [name, spec] of Object.entries(meta.parameters)) {
    if ('min' in spec && spec.min > spec.max) return `.parameters.${name}: min ${spec.min} is above max ${spec.max}`
    const problem = parameterProblem('default', spec, spec.default)
    if (problem !== undefined) return `.parameters.${name}: ${problem}`
  }
  return undefined
}
