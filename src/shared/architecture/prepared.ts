// An architecture as one value on its way from a genotype or a file to training, export and display: parsed and spelled out
// once, and what is asked of it later worked out once. For architectures that must be sound; the editor's are checks/'s.
import type { BlockLibrary } from './block'
import { canonicalHash } from './canonical'
import { costOf, type NetworkCost } from './cost'
import { parseDocument } from './document/parse'
import type { ArchitectureDocument } from './document/records'
import { expandDocument, type Expansion } from './expand'

export interface PreparedArchitecture extends Expansion {
  readonly document: ArchitectureDocument
  /** For one image; worked out when it is first asked for. */
  readonly cost: NetworkCost
  /** `canonicalHash` of the graph, equal for equal architectures; worked out when it is first asked for. */
  readonly key: string
}

/** @throws AppError `invalid-architecture` with the first reason and its node */
export function prepareArchitecture(document: ArchitectureDocument, library: BlockLibrary): PreparedArchitecture {
  const expansion = expandDocument(document, library)
  const { graph, shapes } = expansion
  let cost: NetworkCost | undefined
  let key: string | undefined
  return {
    ...expansion,
    document,
    get cost() {
      return (cost ??= costOf(graph, shapes))
    },
    get key() {
      return (key ??= canonicalHash(graph))
    },
  }
}

/** As `prepareArchitecture`, of a document as a trial or a file stores it. @throws AppError also for what is no document */
export function prepareStored(json: unknown, library: BlockLibrary): PreparedArchitecture {
  return prepareArchitecture(parseDocument(json), library)
}
