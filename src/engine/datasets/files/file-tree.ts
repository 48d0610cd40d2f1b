// The files an import starts from: a folder, or what came out of an archive. Importers see names below the root and nothing else.
import path from 'node:path'
import { seemsSplit } from './split-names'

export interface FileTree {
  readonly root: string
  /** Below the root, with forward slashes, sorted by UTF-16 code units (the same on every machine). */
  readonly files: readonly string[]
  /** The file that the user pointed at, where it was one that names the others. */
  readonly chosen: string | null
  /** Folders below the root in which no file lies, in any depth: a class could be meant. */
  readonly emptyFolders: readonly string[]
  /** What was left out on the way, in words. */
  readonly notes: readonly string[]
  /** Where a file of the tree lies. */
  place(file: string): string
}

/** What operating systems leave behind. */
const JUNK_NAMES = /(^|\/)(\.|__MACOSX\/|Thumbs\.db$|desktop\.ini$)/
export const isJunk = (name: string): boolean => JUNK_NAMES.test(name)

/** A tree of these names: junk left out, folders that wrap everything peeled off (a chosen file lies in none). */
export function treeOf(
  folder: string,
  names: readonly string[],
  { chosen = null, emptyFolders = [], notes = [] }: Partial<Pick<FileTree, 'chosen' | 'emptyFolders' | 'notes'>> = {},
): FileTree {
  const real = names.filter((name) => !isJunk(name)).sort()
  const empty = emptyFolders.filter((name) => name !== '' && !isJunk(name))
  // An empty folder beside the only full one is no part of a wrapper: both could be classes.
  const wrapper = wrapperOf([...real, ...empty.map((name) => `${name}/.`)])
  const root = path.join(folder, wrapper)
  const below = (all: readonly string[]): readonly string[] =>
    wrapper === ''
      ? all
      : all.flatMap((name) => (name.startsWith(`${wrapper}/`) ? [name.slice(wrapper.length + 1)] : []))
  return {
    root,
    chosen,
    files: below(real),
    emptyFolders: below(empty),
    notes,
    place: (file) => path.join(root, file),
  }
}

function wrapperOf(files: readonly string[]): string {
  const parts: string[] = []
  for (;;) {
    const depth = parts.length
    const heads = new Set(files.map((file) => file.split('/')[depth]))
    const [head] = heads
    const isFolder = files.every((file) => file.split('/').length > depth + 1)
    if (heads.size !== 1 || head === undefined || !isFolder || seemsSplit(head) !== null) return parts.join('/')
    parts.push(head)
  }
}
