// A user's block among the blocks of a library: the one that carries the document it was made from.
import type { BlockDefinition } from '../block'
import type { ArchitectureDocument } from './records'

/** Keeps its document, so that the editor can open it and a network's file can embed it. */
export interface UserBlockDefinition extends BlockDefinition {
  readonly document: ArchitectureDocument
}

export function isUserBlock(definition: BlockDefinition): definition is UserBlockDefinition {
  return 'document' in definition
}
