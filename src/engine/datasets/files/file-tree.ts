// The files an import starts from: a folder, or what came out of an archive. Importers see names below the root and nothing else.
import { opendir, stat } from 'node:fs/promises'
import path from 'node:path'
import { AppError } from '@shared/errors'
import { errorCode } from '@node/file-error'

export interface FileTree {
  readonly root: string
  /** Below the root, with forward slashes, sorted by UTF-16 code units (the same on every machine). */
  readonly files: readonly string[]
  /** The file that the user pointed at, where it was one that names the others. */
  readonly chosen: string | null
  /** Where a file of the tree lies. */
  place(file: string): string
}

/** Folder names that say which split is below; a single one of them is not taken for a wrapper. */
export const SPLIT_FOLDERS = /^(train|training|val|valid|validation|test|testing)$/i

/** What operating systems leave behind. */
const JUNK = /(^|\/)(\.|__MACOSX\/|Thumbs\.db$|desktop\.ini$)/

/** All files below `folder`. Links to files count, links to folders are not followed. @throws AppError `invalid-input` */
export async function readTree(folder: string, chosen: string | null = null): Promise<FileTree> {
  const files: string[] = []
  const visit = async (relative: string): Promise<void> => {
    for await (const entry of await opendir(path.join(folder, relative))) {
      const name = relative === '' ? entry.name : `${relative}/${entry.name}`
      if (entry.isDirectory()) await visit(name)
      else if (entry.isFile()) files.push(name)
      else if (entry.isSymbolicLink() && (await isFile(path.join(folder, name)))) files.push(name)
    }
  }
  try {
    await visit('')
  } catch (thrown) {
    if (!/^E[A-Z]+$/.test(errorCode(thrown))) throw thrown
    throw new AppError(
      'invalid-input',
      `The folder ${folder} cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
      'Choose a folder that you may read.',
      { cause: thrown },
    )
  }
  return treeOf(folder, files, chosen)
}

/** A tree of these names: junk left out, folders that wrap everything peeled off (a chosen file lies in none). */
export function treeOf(folder: string, names: readonly string[], chosen: string | null = null): FileTree {
  const real = names.filter((name) => !JUNK.test(name)).sort()
  const wrapper = wrapperOf(real)
  const root = path.join(folder, wrapper)
  return {
    root,
    chosen,
    files: wrapper === '' ? real : real.map((name) => name.slice(wrapper.length + 1)),
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
    if (heads.size !== 1 || head === undefined || !isFolder || SPLIT_FOLDERS.test(head)) return parts.join('/')
    parts.push(head)
  }
}

async function isFile(place: string): Promise<boolean> {
  return (await stat(place).catch(() => undefined))?.isFile() === true
}
