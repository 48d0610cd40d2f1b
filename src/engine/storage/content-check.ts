// Whether a stored file still has the content that its name says. Files are large and rarely change: what was read once in a session
// is believed while size, times and inode stay as they were.
import { stat } from 'node:fs/promises'
import { sha256OfFile } from '@node/whole-file'

/**
 * @param place absolute path of a content
 * @returns whether the file of a hash is there and has it; false also where it cannot be read
 */
export function contentCheck(place: (sha256: string) => string): (sha256: string) => Promise<boolean> {
  const seen = new Map<string, string>()
  return async (sha256) => {
    const info = await stat(place(sha256)).catch(() => undefined)
    if (info?.isFile() !== true) return false
    const mark = [info.size, info.mtimeMs, info.ctimeMs, info.ino].join()
    if (seen.get(sha256) === mark) return true
    const content = await sha256OfFile(place(sha256)).catch(() => null)
    if (content !== sha256) return false
    seen.set(sha256, mark)
    return true
  }
}
