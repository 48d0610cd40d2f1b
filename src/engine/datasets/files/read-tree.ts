// Goes through a folder of the user's: files by name, links followed without going in circles, what cannot be read noted instead of
// ending everything. Nothing is opened here, so devices and pipes do no harm.
import * as fs from 'node:fs/promises'
import path from 'node:path'
import { AppError } from '@shared/errors'
import { errorCode } from '@node/file-error'
import { isJunk, treeOf, type FileTree } from './file-tree'

/** What is asked of the file system; tests put a part of their own in its place. */
export type FolderSystem = Pick<typeof fs, 'readdir' | 'realpath' | 'stat'>

/** Paths named in one note; the rest is counted. */
const NAMED = 3

/** Reasons why something below the folder is no part of the tree, each with its paths. */
type LeftOut = Map<string, string[]>

interface Walk {
  readonly folder: string
  readonly system: FolderSystem
  readonly files: string[]
  readonly emptyFolders: string[]
  readonly leftOut: LeftOut
  /** Real paths of folders that were read, for links inside links. */
  readonly read: Set<string>
}

interface Place {
  /** Below the folder, with forward slashes; "" for itself. */
  readonly relative: string
  /** Real paths from the root to here. */
  readonly ancestors: readonly string[]
  readonly isBehindLink: boolean
}

/**
 * All files below `folder`. Links to folders are followed, but never into a folder that leads to them; behind a link, further
 * links are followed only to folders not read yet, so that no web of links is gone through without end.
 * @throws AppError `invalid-input` when the folder itself cannot be read
 */
export async function readTree(
  folder: string,
  chosen: string | null = null,
  system: FolderSystem = fs,
): Promise<FileTree> {
  const walk: Walk = { folder, system, files: [], emptyFolders: [], leftOut: new Map(), read: new Set() }
  try {
    await visit(walk, { relative: '', ancestors: [await system.realpath(folder)], isBehindLink: false })
  } catch (thrown) {
    if (!isSystemError(thrown)) throw thrown
    throw new AppError(
      'invalid-input',
      `The folder ${folder} cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
      'Choose a folder that you may read.',
      { cause: thrown },
    )
  }
  const { files, emptyFolders, leftOut } = walk
  return treeOf(folder, files, { chosen, emptyFolders, notes: notesOf(leftOut) })
}

function leaveOut(leftOut: LeftOut, reason: string, relative: string): void {
  const paths = leftOut.get(reason)
  if (paths === undefined) leftOut.set(reason, [relative])
  else paths.push(relative)
}

/** @returns how many files lie below */
async function visit(walk: Walk, place: Place): Promise<number> {
  const { folder, system, files } = walk
  walk.read.add(place.ancestors[place.ancestors.length - 1]!)
  const entries = await system.readdir(path.join(folder, place.relative), { withFileTypes: true })
  let found = 0
  // In a fixed order, because which of two links to one folder comes first decides which is followed.
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const relative = place.relative === '' ? entry.name : `${place.relative}/${entry.name}`
    if (isJunk(relative)) continue
    const leave = (reason: string): void => leaveOut(walk.leftOut, reason, relative)
    if (entry.isFile()) {
      files.push(relative)
      found++
    } else if (entry.isDirectory()) found += await descend(walk, place, relative, leave)
    else if (entry.isSymbolicLink()) {
      const info = await system.stat(path.join(folder, relative)).catch(() => undefined)
      if (info?.isFile() === true) {
        files.push(relative)
        found++
      } else if (info?.isDirectory() === true) {
        found += await descend(walk, { ...place, isBehindLink: true }, relative, leave, place.isBehindLink)
      } else leave(info === undefined ? 'links that lead nowhere' : 'links to what is no file')
    } else leave('pipes, sockets and devices')
  }
  if (found === 0) walk.emptyFolders.push(place.relative)
  return found
}

/** @param isNested whether a link leads there from behind another link */
async function descend(
  walk: Walk,
  { ancestors, isBehindLink }: Place,
  relative: string,
  leave: (reason: string) => void,
  isNested = false,
): Promise<number> {
  try {
    const real = await walk.system.realpath(path.join(walk.folder, relative))
    if (ancestors.includes(real)) leave('links that lead back to a folder above them')
    else if (isNested && walk.read.has(real)) leave('links behind links to folders that were read already')
    else return await visit(walk, { relative, ancestors: [...ancestors, real], isBehindLink })
  } catch (thrown) {
    if (!isSystemError(thrown)) throw thrown
    leave(`folders that cannot be read (${errorCode(thrown)})`)
    walk.emptyFolders.push(relative)
  }
  return 0
}

const isSystemError = (thrown: unknown): boolean => /^E[A-Z]+$/.test(errorCode(thrown))

function notesOf(leftOut: LeftOut): string[] {
  return [...leftOut].map(([reason, paths]) => {
    const named = paths.slice(0, NAMED).join(', ')
    const more = paths.length > NAMED ? `, and ${paths.length - NAMED} more` : ''
    return `Left out, ${reason}: ${named}${more}.`
  })
}
