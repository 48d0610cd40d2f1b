// Whether the bytes of a data set are those that its manifest names by SHA-256. A file is read when this program first asks, and
// again once its size, times or inode are other than they were; what has not changed since is not read twice.
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { sha256OfFile } from '@node/whole-file'
import { preparedFiles, type Manifest } from './manifest'

type PreparedFile = ReturnType<typeof preparedFiles>[number]

export interface ContentCheck {
  /** Reads what changed since it was last read. @returns one line per problem */
  problems(folder: string, manifest: Manifest): Promise<string[]>
  /** Reads everything, whatever is known of it: a disk can lose bits without a new time. @returns one line per problem */
  reread(folder: string, manifest: Manifest): Promise<string[]>
  /** Only what an earlier look has found and is still so; reads nothing. @returns one line per problem */
  known(folder: string, manifest: Manifest): Promise<string[]>
}

/** What was read of a file, and what the file looked like then. */
interface Seen {
  readonly look: string
  readonly sha256: string
}

const problemOf = (file: PreparedFile, found: string): string[] =>
  found === file.sha256 ? [] : [`${file.path}: expected the hash ${file.sha256}, found ${found}`]

/** Changes with everything that writing to a file, or putting another in its place, changes of it. */
async function lookOf(place: string): Promise<string> {
  const { dev, ino, size, mtimeNs, ctimeNs } = await stat(place, { bigint: true })
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ')
}

export function createContentCheck(): ContentCheck {
  const seen = new Map<string, Seen>()
  const reading = new Map<string, Promise<string>>()

  const read = (place: string): Promise<string> => {
    const begun = (async () => {
      // Looked at before: what is written while it is read makes it another file, which is read again.
      const look = await lookOf(place)
      const sha256 = await sha256OfFile(place)
      seen.set(place, { look, sha256 })
      return sha256
    })().finally(() => reading.delete(place))
    reading.set(place, begun)
    return begun
  }
  const knownOf = async (place: string): Promise<string | undefined> => {
    const known = seen.get(place)
    return known !== undefined && known.look === (await lookOf(place)) ? known.sha256 : undefined
  }
  /** Several trials ask at once: one reads, the others wait for it and look once more. */
  const readOnce = async (place: string): Promise<string> => {
    await reading.get(place)
    return (await knownOf(place)) ?? (reading.has(place) ? readOnce(place) : read(place))
  }
  const each = async (
    folder: string,
    manifest: Manifest,
    look: (place: string) => Promise<string | undefined>,
  ): Promise<string[]> => {
    const problems: string[] = []
    for (const file of preparedFiles(manifest)) {
      const found = await look(path.join(folder, file.path)).catch((thrown: unknown) => String(thrown))
      if (found !== undefined) problems.push(...problemOf(file, found))
    }
    return problems
  }
  return {
    problems: (folder, manifest) => each(folder, manifest, readOnce),
    reread: (folder, manifest) => each(folder, manifest, read),
    known: (folder, manifest) => each(folder, manifest, knownOf),
  }
}
