// The definitions that a network of several blocks carries: each block that it names, and every block of the user's inside those,
// side by side. Two blocks may hold different parts under one name; then one of the parts gets another.
import type { BlockLibrary } from '../../block'
import { equalJson } from '../equal'
import { graphOf, metaOf } from '../graph'
import type { ArchitectureDocument, DefinitionRecord, DocumentRecord } from '../records'
import { META_ID, isNode } from '../records'
import { isUserBlock } from '../user-block'

type Definitions = ReadonlyMap<string, DefinitionRecord>

/**
 * @param names of blocks of the library; those that are not the user's need no definition
 * @returns documents without definitions inside, which mean in one network what each block means in the library
 */
export function flatDefinitions(names: Iterable<string>, library: BlockLibrary): readonly ArchitectureDocument[] {
  const named = new Set(names)
  const flat = new Map<string, ArchitectureDocument>()

  /** A name that nothing else has in the network, and under which the network finds no block in code. */
  const nameFor = (wanted: string, document: (name: string) => ArchitectureDocument): string => {
    for (let number = 1; ; number++) {
      const name = number === 1 ? wanted : `${wanted}-${number}`
      const before = flat.get(name)
      if (before !== undefined && equalJson(before, document(name))) return name
      if (before === undefined && !library.has(name) && !named.has(name)) return name
    }
  }
  const rewritten = (
    document: ArchitectureDocument,
    around: Definitions,
    stack: readonly string[],
  ): readonly (readonly [string, DocumentRecord])[] => {
    const inside = [...stack, metaOf(document).name]
    return Object.entries(document.records).flatMap(([id, record]): [string, DocumentRecord][] => {
      if (record.type === 'block') return [[id, { ...record, block: placed(record.block, around, inside) }]]
      return record.type === 'meta' || record.type === 'edge' || isNode(record) ? [[id, record]] : []
    })
  }
  /** Puts the block that a node names beside the others. @returns what the node has to name then */
  const placed = (block: string, around: Definitions, stack: readonly string[]): string => {
    const embedded = around.get(block)?.document
    const shared = embedded === undefined ? library.get(block) : undefined
    const document = embedded ?? (shared !== undefined && isUserBlock(shared) ? shared.document : undefined)
    // A block in code, an unknown one, or one that holds itself: expanding tells what is wrong.
    if (document === undefined || stack.includes(block)) return block
    if (embedded === undefined) {
      place(block)
      return block
    }
    const records = rewritten(document, around, stack)
    const called = (name: string): ArchitectureDocument => ({
      format: document.format,
      records: Object.fromEntries(
        records.map(([id, record]) => [id, id === META_ID && record.type === 'meta' ? { ...record, name } : record]),
      ),
    })
    const name = nameFor(block, called)
    flat.set(name, called(name))
    return name
  }
  const place = (name: string): void => {
    const block = library.get(name)
    if (flat.has(name) || block === undefined || !isUserBlock(block)) return
    const { document } = block
    // Its place is taken before what is inside looks for one.
    flat.set(name, document)
    const records = Object.fromEntries(rewritten(document, graphOf(document).definitions, []))
    flat.set(name, { format: document.format, records })
  }
  for (const name of named) place(name)
  return [...flat.values()]
}
