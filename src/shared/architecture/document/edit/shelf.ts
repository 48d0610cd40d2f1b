// The definitions of one document, side by side: each block of the user's under a name that means nothing else there. What is
// inside a block is put beside it and called what it is called here, so two blocks may hold different parts of one name.
import type { BlockLibrary } from '../../block'
import { equalJson } from '../equal'
import { graphOf, metaOf } from '../graph'
import { MAX_ID_LENGTH } from '../limits'
import type { ArchitectureDocument, DefinitionRecord, DocumentRecord } from '../records'
import { META_ID, definitionId, isNode } from '../records'
import { isUserBlock } from '../user-block'

/** Where a record that names a block finds it, before the library. */
export type Around = ReadonlyMap<string, Pick<DefinitionRecord, 'document'>>

export const NOTHING_AROUND: Around = new Map()

export interface ShelfOptions {
  readonly library: BlockLibrary
  /** Names that a block may not get, whatever lies there. `isShared`: the block is the library's and named as there. */
  readonly isReserved: (name: string, isShared: boolean) => boolean
  /** What lies there already; it stays as it is. */
  readonly present?: Iterable<readonly [string, ArchitectureDocument]>
}

export class DefinitionShelf {
  readonly #options: ShelfOptions
  readonly #documents: Map<string, ArchitectureDocument>
  /** Blocks are used many times, and inside one another: each is put in its place once. */
  readonly #placed = new WeakMap<Around, Map<string, string>>()

  constructor(options: ShelfOptions) {
    this.#options = options
    this.#documents = new Map(options.present)
  }

  /** Documents without definitions of their own, by the names they have here. */
  get documents(): ReadonlyMap<string, ArchitectureDocument> {
    return this.#documents
  }

  /**
   * Puts the block that a record names `block` here, with what is inside it.
   * @param stack names of the blocks around it, outermost first: a block that holds itself is left for the checks to tell
   * @returns what a record of this document has to name; `block` itself where that is no block of the user's
   */
  place(block: string, around: Around = NOTHING_AROUND, stack: readonly string[] = []): string {
    const known = this.#placed.get(around)?.get(block)
    if (known !== undefined) return known
    const embedded = around.get(block)?.document
    const shared = embedded === undefined ? this.#options.library.get(block) : undefined
    const document = embedded ?? (shared !== undefined && isUserBlock(shared) ? shared.document : undefined)
    if (document === undefined || stack.includes(block)) return block
    const beside = embedded === undefined ? graphOf(document).definitions : around
    const records = this.#rewritten(document, beside, [...stack, block])
    const name = this.#nameFor(block, (called) => withName(document, records, called), embedded === undefined)
    this.#documents.set(name, withName(document, records, name))
    let names = this.#placed.get(around)
    if (!names) this.#placed.set(around, (names = new Map()))
    names.set(block, name)
    return name
  }

  /** Puts a block under exactly its own name, in place of what lies there, with what is inside it beside it. */
  replace(document: ArchitectureDocument, stack: readonly string[] = []): void {
    const { name } = metaOf(document)
    const records = this.#rewritten(document, graphOf(document).definitions, [...stack, name])
    this.#documents.set(name, withName(document, records, name))
  }

  #rewritten(document: ArchitectureDocument, around: Around, stack: readonly string[]): DocumentRecord[] {
    return Object.values(document.records).flatMap((record): DocumentRecord[] => {
      if (record.type === 'block') return [{ ...record, block: this.place(record.block, around, stack) }]
      return record.type === 'meta' || record.type === 'edge' || isNode(record) ? [record] : []
    })
  }

  /** The first of `wanted`, `wanted-2`, `wanted-3`.. that means nothing else here. */
  #nameFor(wanted: string, document: (name: string) => ArchitectureDocument, isShared: boolean): string {
    for (let number = 1; ; number++) {
      const name = number === 1 ? wanted : numbered(wanted, number)
      const before = this.#documents.get(name)
      if (before !== undefined && equalJson(before, document(name))) return name
      if (before === undefined && !this.#options.isReserved(name, isShared && number === 1)) return name
    }
  }
}

/** A block's name with a number, no longer than a definition may be called. */
function numbered(name: string, number: number): string {
  const longest = MAX_ID_LENGTH - definitionId('').length - `-${number}`.length
  return `${name.slice(0, longest).replace(/-+$/, '')}-${number}`
}

function withName(
  { format }: ArchitectureDocument,
  records: readonly DocumentRecord[],
  name: string,
): ArchitectureDocument {
  return {
    format,
    records: Object.fromEntries(
      records.map((record) => [
        record.id,
        record.id === META_ID && record.type === 'meta' ? { ...record, name } : record,
      ]),
    ),
  }
}
