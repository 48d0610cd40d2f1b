// The change algebra of documents: undo, autosave, lineage and comparison are all these few functions.
// After tldraw's RecordsDiff (idea, not code): no hand-written inverse of any edit exists.
import { AppError } from '../../errors'
import { equalJson } from './equal'
import { inheritGraph } from './graph'
import type { ArchitectureDocument, DocumentRecord } from './records'

export interface DocumentDiff {
  readonly added: Readonly<Record<string, DocumentRecord>>
  /** `[from, to]` by id. */
  readonly updated: Readonly<Record<string, readonly [DocumentRecord, DocumentRecord]>>
  readonly removed: Readonly<Record<string, DocumentRecord>>
}

export const EMPTY_DIFF: DocumentDiff = { added: {}, updated: {}, removed: {} }

export function isEmptyDiff(diff: DocumentDiff): boolean {
  return isEmptyRecord(diff.added) && isEmptyRecord(diff.updated) && isEmptyRecord(diff.removed)
}

/** The diff that takes back `diff`. */
export function reverseDiff(diff: DocumentDiff): DocumentDiff {
  const updated: Record<string, readonly [DocumentRecord, DocumentRecord]> = {}
  for (const [id, [from, to]] of Object.entries(diff.updated)) updated[id] = [to, from]
  return { added: diff.removed, updated, removed: diff.added }
}

/** One diff with the effect of `diffs` one after the other; what cancels out is gone. */
export function squashDiffs(diffs: readonly DocumentDiff[]): DocumentDiff {
  const added: Record<string, DocumentRecord> = {}
  const updated: Record<string, readonly [DocumentRecord, DocumentRecord]> = {}
  const removed: Record<string, DocumentRecord> = {}
  const update = (id: string, from: DocumentRecord, to: DocumentRecord): void => {
    if (equalJson(from, to)) delete updated[id]
    else updated[id] = [from, to]
  }
  for (const diff of diffs) {
    for (const [id, record] of Object.entries(diff.removed)) {
      if (added[id]) delete added[id]
      else {
        removed[id] = updated[id]?.[0] ?? record
        delete updated[id]
      }
    }
    for (const [id, [from, to]] of Object.entries(diff.updated)) {
      if (added[id]) added[id] = to
      else update(id, updated[id]?.[0] ?? from, to)
    }
    for (const [id, record] of Object.entries(diff.added)) {
      const before = removed[id]
      if (before) {
        delete removed[id]
        update(id, before, record)
      } else added[id] = record
    }
  }
  return { added, updated, removed }
}

/**
 * The document after `diff`. An updated record gets only the fields in which `from` and `to` differ, so that what
 * changed outside the history (positions of an automatic layout) survives an undo.
 * @throws AppError `conflict` when an added record exists already or an updated or removed one does not.
 */
export function applyDiff(document: ArchitectureDocument, diff: DocumentDiff): ArchitectureDocument {
  if (isEmptyDiff(diff)) return document
  const records = copyOf(document.records)
  for (const id of Object.keys(diff.removed)) {
    if (!records[id]) throw misfit('remove', id, 'is not there')
    delete records[id]
  }
  for (const [id, [from, to]] of Object.entries(diff.updated)) {
    const current = records[id]
    if (!current) throw misfit('change', id, 'is not there')
    records[id] = patch(current, from, to)
  }
  for (const [id, record] of Object.entries(diff.added)) {
    if (records[id]) throw misfit('add', id, 'is there already')
    records[id] = record
  }
  const result: ArchitectureDocument = { format: document.format, records }
  inheritGraph(document, result, diff)
  return result
}

/** The diff from one document to another, record by record; equal ids are the same thing. */
export function diffDocuments(from: ArchitectureDocument, to: ArchitectureDocument): DocumentDiff {
  const added: Record<string, DocumentRecord> = {}
  const updated: Record<string, readonly [DocumentRecord, DocumentRecord]> = {}
  const removed: Record<string, DocumentRecord> = {}
  for (const [id, record] of Object.entries(to.records)) {
    const before = from.records[id]
    if (!before) added[id] = record
    else if (before !== record && !equalJson(before, record)) updated[id] = [before, record]
  }
  for (const [id, record] of Object.entries(from.records)) if (!to.records[id]) removed[id] = record
  return { added, updated, removed }
}

/** Ids of the nodes a diff adds, in its order: what an editor selects after adding or pasting. */
export function addedNodeIds(diff: DocumentDiff): string[] {
  return Object.values(diff.added)
    .filter((record) => record.type === 'layer' || record.type === 'block')
    .map((record) => record.id)
}

/** A shallow copy. Made as a table from the first key on: a spread of a thousand keys takes three to five times as long. */
function copyOf(records: ArchitectureDocument['records']): Record<string, DocumentRecord> {
  const copy = Object.create(null) as Record<string, DocumentRecord>
  for (const id in records) copy[id] = records[id]!
  return Object.setPrototypeOf(copy, Object.prototype) as Record<string, DocumentRecord>
}

function patch(current: DocumentRecord, from: DocumentRecord, to: DocumentRecord): DocumentRecord {
  if (current === from || current.type !== to.type) return to
  const before: Readonly<Record<string, unknown>> = { ...from }
  const after: Readonly<Record<string, unknown>> = { ...to }
  const result = { ...current }
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (equalJson(before[key], after[key])) continue
    // All three records are of one type, and so are their fields.
    if (after[key] === undefined) Reflect.deleteProperty(result, key)
    else Object.assign(result, { [key]: after[key] })
  }
  return result
}

function misfit(verb: string, id: string, why: string): AppError {
  return new AppError(
    'conflict',
    `A change does not fit the document: it would ${verb} record "${id}", which ${why}.`,
    'Apply changes in the order in which they were made, to the document they were made for.',
  )
}

function isEmptyRecord(record: object): boolean {
  for (const _ in record) return false
  return true
}
