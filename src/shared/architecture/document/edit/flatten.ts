// The definitions that a network of several blocks carries: each block that it names, and every block of the user's inside those,
// side by side. Two blocks may hold different parts under one name; then one of the parts gets another.
import type { BlockLibrary } from '../../block'
import type { ArchitectureDocument } from '../records'
import { DefinitionShelf } from './shelf'

/**
 * @param names of blocks of the library; those that are not the user's need no definition
 * @returns documents without definitions inside, which mean in one network what each block means in the library
 */
export function flatDefinitions(names: Iterable<string>, library: BlockLibrary): readonly ArchitectureDocument[] {
  const named = new Set(names)
  // The network names its blocks as the library does, so a part inside one of them may have no name of the library's.
  const isReserved = (name: string, isShared: boolean): boolean => !isShared && (library.has(name) || named.has(name))
  const shelf = new DefinitionShelf({ library, isReserved })
  for (const name of named) shelf.place(name)
  return [...shelf.documents.values()]
}
