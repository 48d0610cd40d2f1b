// Files that commands read and write: text in, text out, with errors that say which file.
import { safeFile } from '@node/safe-target'
import { readUnicodeSync } from '@node/text-file'
import { writeFileWhole } from '@node/whole-file'

/** Text as `readUnicodeSync` reads it: marks dropped, UTF-16 decoded, other encodings refused with the line. @throws AppError */
export const readText = (path: string, what: string): string => readUnicodeSync(path, { what })

/**
 * Writes a file that was not there, or held the same already.
 * @throws AppError `conflict` where another file is there, `invalid-input` without a name, `not-found` without its folder,
 *   `storage-failed`
 */
export async function writeNewText(named: string, text: string): Promise<void> {
  await writeFileWhole(await safeFile(named, text), text)
}
