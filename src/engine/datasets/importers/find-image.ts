// Which file of a tree a table means by a name: the path below the table's folder, however its accents are composed; and where that is
// not there, what can be told without doubt (other case, no ending, a path that begins further up, a bare name that one file has).
import path from 'node:path'
import type { FileTree } from '../files/file-tree'
import { isImage } from './image-names'
import { composed } from './labelled-files'

export interface ImageFinder {
  find(image: string): { readonly file: string } | { readonly reason: string }
  /** How names had to be read to find their files, one sentence a way. */
  notes(): string[]
}

type Way = 'case' | 'ending' | 'start' | 'name'
const WAYS: Readonly<Record<Way, string>> = {
  case: 'differ from their files in upper and lower case',
  ending: 'lack the ending of their files',
  start: 'begin at another folder than the table',
  name: 'lack the folder of their files',
}

/** Files by what is compared of them; null where several have it. */
type Index = ReadonlyMap<string, string | null>

function indexOf(files: readonly string[], keyOf: (file: string) => string): Index {
  const index = new Map<string, string | null>()
  for (const file of files) index.set(keyOf(file), index.has(keyOf(file)) ? null : file)
  return index
}

/** Names that are right need no further index; of a million files each takes a hundred megabytes. */
function whenAsked(make: () => Index): Index['get'] {
  let made: Index | undefined
  return (key) => (made ??= make()).get(key)
}

const lower = (name: string): string => composed(name).toLowerCase()
const withoutEnding = (name: string): string => lower(name).replace(/\.[^./]+$/, '')

/** @param table of the tree, whose folder names are relative to */
export function imageFinder({ root, files }: FileTree, table: string): ImageFinder {
  const images = files.filter(isImage)
  const byPath = indexOf(files, composed)
  const byCase = whenAsked(() => indexOf(images, lower))
  const byStem = whenAsked(() => indexOf(images, withoutEnding))
  const byName = whenAsked(() => indexOf(images, (file) => lower(path.posix.basename(file))))
  const byNameStem = whenAsked(() => indexOf(images, (file) => withoutEnding(path.posix.basename(file))))
  const base = path.posix.dirname(table)
  const used = new Map<Way, { count: number; example: string }>()

  const take = (way: Way, image: string, file: string): { file: string } => {
    const known = used.get(way)
    if (known === undefined) used.set(way, { count: 1, example: `${image} is ${file}` })
    else known.count++
    return { file }
  }
  /** @param inner relative to the root */
  const atPath = (inner: string): { way: Way | null; file: string } | null => {
    const exact = byPath.get(composed(inner))
    if (exact != null) return { way: null, file: exact }
    const other = byCase(lower(inner))
    if (other != null) return { way: 'case', file: other }
    const stem = isImage(inner) ? null : byStem(lower(inner))
    return stem == null ? null : { way: 'ending', file: stem }
  }

  return {
    find: (image) => {
      const plain = image.replace(/\\/g, '/')
      const isAbsolute = plain.startsWith('/') || /^[a-z]:\//i.test(plain)
      const inRoot = isAbsolute && plain.startsWith(`${root}/`) ? plain.slice(root.length + 1) : null
      const inner = inRoot ?? path.posix.join(base, plain)
      if (!isAbsolute && inner.startsWith('../')) return { reason: 'lies outside the folder of the table' }
      const direct = isAbsolute && inRoot === null ? null : atPath(inner)
      if (direct !== null) return direct.way === null ? { file: direct.file } : take(direct.way, image, direct.file)
      const parts = plain.split('/').filter((part) => part !== '' && part !== '.')
      for (let skip = 1; skip < parts.length; skip++) {
        const found = atPath(path.posix.join(base, parts.slice(skip).join('/')))
        if (found !== null) return take('start', image, found.file)
      }
      if (isAbsolute) return { reason: 'lies outside the folder of the table' }
      if (parts.length > 1) return { reason: 'is not there' }
      const named = isImage(plain) ? byName(lower(plain)) : byNameStem(lower(plain))
      if (named != null) return take('name', image, named)
      return { reason: named === null ? 'is the name of several files' : 'is not there' }
    },
    notes: () =>
      [...used].map(([way, { count, example }]) => `${count} names in ${table} ${WAYS[way]}, for example ${example}.`),
  }
}
