// Whether two documents of blocks mean the same, each with the definitions around it: what is inside may be called differently.
import type { BlockLibrary } from '../../block'
import { equalJson } from '../equal'
import { graphOf } from '../graph'
import type { ArchitectureDocument, BlockRecord, DocumentRecord } from '../records'
import { META_ID, isNode } from '../records'
import { isUserBlock } from '../user-block'
import type { Around } from './shelf'

interface Placed {
  readonly document: ArchitectureDocument
  /** Where its records find blocks, before the library. */
  readonly around: Around
}

/** Names of blocks and places on the canvas do not count. */
export function isSameBlock(left: Placed, right: Placed, library: BlockLibrary): boolean {
  /** Pairs compared or being compared: a block used twice, or one that holds itself, is looked at once. */
  const seen = new Map<ArchitectureDocument, Set<ArchitectureDocument>>()
  const isSame = (a: Placed, b: Placed): boolean => {
    const others = seen.get(a.document) ?? new Set()
    if (others.has(b.document)) return true
    seen.set(a.document, others.add(b.document))
    const [mine, theirs] = [ownRecords(a.document), ownRecords(b.document)]
    return (
      mine.length === theirs.length && mine.every((record) => isSameRecord(record, b.document.records[record.id], a, b))
    )
  }
  const isSameRecord = (one: DocumentRecord, other: DocumentRecord | undefined, a: Placed, b: Placed): boolean => {
    if (one.type !== 'block' || other?.type !== 'block') return equalJson(bare(one), other && bare(other))
    const [mine, theirs] = [contentOf(one, a.around, library), contentOf(other, b.around, library)]
    if (!mine || !theirs) return mine === theirs && one.block === other.block && equalJson(bare(one), bare(other))
    return equalJson(bare({ ...one, block: '' }), bare({ ...other, block: '' })) && isSame(mine, theirs)
  }
  return isSame(left, right)
}

/** The user's block that a record names; undefined for one in code, or one that nobody knows. */
function contentOf({ block }: BlockRecord, around: Around, library: BlockLibrary): Placed | undefined {
  const embedded = around.get(block)?.document
  if (embedded) return { document: embedded, around }
  const shared = library.get(block)
  return shared && isUserBlock(shared)
    ? { document: shared.document, around: graphOf(shared.document).definitions }
    : undefined
}

function ownRecords({ records }: ArchitectureDocument): DocumentRecord[] {
  return Object.values(records).filter(({ type }) => type !== 'definition')
}

function bare(record: DocumentRecord): object {
  if (record.id === META_ID) return { ...record, name: undefined }
  return isNode(record) ? { ...record, position: undefined } : record
}
