// What an entry of a folder is, in words.
import type { Stats } from 'node:fs'

/** Of an entry that is no ordinary file: "a pipe". */
export function kindOfEntry(info: Pick<Stats, 'isSymbolicLink' | 'isDirectory' | 'isFIFO' | 'isSocket'>): string {
  if (info.isSymbolicLink()) return 'a link'
  if (info.isDirectory()) return 'a folder'
  if (info.isFIFO()) return 'a pipe'
  return info.isSocket() ? 'a socket' : 'a device'
}
