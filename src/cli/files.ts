// Files that commands read and write: text in, text out, with errors that say which file.
import { readFileSync } from 'node:fs'
import { AppError } from '@shared/errors'
import { safeFile } from '@node/safe-target'
import { writeFileWhole } from '@node/whole-file'

const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

/** @throws AppError `not-found` when there is no such file, `invalid-input` when it cannot be read */
export function readText(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
    throw isMissing
      ? new AppError('not-found', `There is no ${what} ${path}.`, 'Check the name and the folder.', { cause })
      : new AppError('invalid-input', `${path} cannot be read: ${reasonOf(cause)}.`, 'Name a file.', { cause })
  }
}

/**
 * Writes a file that was not there, or held the same already.
 * @throws AppError `conflict` where another file is there, `invalid-input` without a name, `not-found` without its folder,
 *   `storage-failed`
 */
export async function writeNewText(named: string, text: string): Promise<void> {
  await writeFileWhole(await safeFile(named, text), text)
}
