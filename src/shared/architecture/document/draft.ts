// Collects the record changes of one edit and turns them into a diff; hands out new ids. Used by the edit operations only.
import { AppError } from '../../errors'
import type { DocumentDiff } from './diff'
import { equalJson } from './equal'
import type { DocumentGraph } from './graph'
import { graphOf } from './graph'
import type {
  ArchitectureDocument,
  DocumentRecord,
  EdgeRecord,
  InnerNodeRecord,
  MetaRecord,
  NodeRecord,
} from './records'
import { isInnerNode, isNode } from './records'

/** Highest number behind each id prefix, kept per document: 300 fixes of one check must not scan it 300 times. */
const highest = new WeakMap<ArchitectureDocument, ReadonlyMap<string, number>>()
const NUMBERED = /^(.+)-(\d{1,9})$/

export class Draft {
  readonly #base: ArchitectureDocument
  readonly #changes = new Map<string, DocumentRecord | null>()
  readonly #numbers = new Map<string, number>()

  constructor(base: ArchitectureDocument) {
    this.#base = base
  }

  /** Adjacency of the document as it was before this edit. */
  get graph(): DocumentGraph {
    return graphOf(this.#base)
  }

  get(id: string): DocumentRecord | undefined {
    const changed = this.#changes.get(id)
    return changed === undefined ? this.#base.records[id] : (changed ?? undefined)
  }

  set(record: DocumentRecord): void {
    this.#changes.set(record.id, record)
  }

  remove(id: string): void {
    this.#changes.set(id, null)
  }

  /** Every record as it stands in this edit. */
  *records(): Iterable<DocumentRecord> {
    for (const id of Object.keys(this.#base.records)) {
      const record = this.get(id)
      if (record) yield record
    }
    for (const [id, record] of this.#changes) if (record && !this.#base.records[id]) yield record
  }

  /** The meta record as it was before this edit. */
  meta(): MetaRecord {
    return this.graph.meta
  }

  /** @throws AppError `not-found` naming the id. */
  node(id: string): NodeRecord {
    const record = this.get(id)
    if (record && isNode(record)) return record
    throw new AppError('not-found', `There is no node "${id}" in this document.`)
  }

  /** @throws AppError `not-found`, or `invalid-input` for the input or output node, which cannot be changed like that. */
  innerNode(id: string): InnerNodeRecord {
    const node = this.node(id)
    if (isInnerNode(node)) return node
    throw new AppError('invalid-input', `"${id}" is the ${node.type} of the document, expected a layer or a block.`)
  }

  /** @throws AppError `not-found` naming the id. */
  edge(id: string): EdgeRecord {
    const record = this.get(id)
    if (record?.type === 'edge') return record
    throw new AppError('not-found', `There is no connection "${id}" in this document.`)
  }

  /** A readable id that is free: `conv2d-3`. Characters an id cannot have become dashes. */
  newId(prefix: string): string {
    const stem = prefix.replace(/[^A-Za-z0-9_.-]/g, '-').slice(0, 80) || 'node'
    const number = (this.#numbers.get(stem) ?? highestNumbers(this.#base).get(stem) ?? 0) + 1
    this.#numbers.set(stem, number)
    return `${stem}-${number}`
  }

  /** Adds an edge under a new id. */
  connect(from: string, to: string, slot: number): EdgeRecord {
    const edge: EdgeRecord = { id: this.newId('edge'), type: 'edge', from, to, slot }
    this.set(edge)
    return edge
  }

  diff(): DocumentDiff {
    const added: Record<string, DocumentRecord> = {}
    const updated: Record<string, readonly [DocumentRecord, DocumentRecord]> = {}
    const removed: Record<string, DocumentRecord> = {}
    for (const [id, after] of this.#changes) {
      const before = this.#base.records[id]
      if (before && after) {
        if (!equalJson(before, after)) updated[id] = [before, after]
      } else if (after) added[id] = after
      else if (before) removed[id] = before
    }
    return { added, updated, removed }
  }
}

function highestNumbers(document: ArchitectureDocument): ReadonlyMap<string, number> {
  const known = highest.get(document)
  if (known) return known
  const numbers = new Map<string, number>()
  for (const id of Object.keys(document.records)) {
    const match = NUMBERED.exec(id)
    if (!match) continue
    const number = Number(match[2])
    if (number > (numbers.get(match[1]!) ?? 0)) numbers.set(match[1]!, number)
  }
  highest.set(document, numbers)
  return numbers
}
