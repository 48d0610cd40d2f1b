// Turns what SQLite throws into an AppError that says what to do, and what the file system does by src/node/file-error.ts.
// Constraint violations stay as they are: those are either handled where they can happen or bugs.
import { AppError } from '@shared/errors'
import { typed } from '@node/command-line'
import { fullDiskError } from '@node/disk'
import { errorCode, fileError } from '@node/file-error'

/** For whatever a damaged database has made unreadable. */
export const restoreAdvice = (): string =>
  `Close the program, then put a copy of the database back: "${typed('workspace backups')}" lists them, "${typed('workspace restore FILE')}" does it and keeps the present one.`

const DAMAGE = /CORRUPT|NOTADB/

const FIXES: readonly (readonly [RegExp, string | (() => string)])[] = [
  [/READONLY/, 'Give yourself write permission for the workspace folder or choose another folder.'],
  [/BUSY|LOCKED/, 'Another program holds the workspace. Close it and try again.'],
  [DAMAGE, restoreAdvice],
  [/CANTOPEN|IOERR|ConnectionFailed/, 'Check that the path is a folder and that its disk is healthy.'],
]

/** Whether a database could not be opened because it is damaged, so that a copy would help. */
export function isDamage(thrown: unknown): boolean {
  if (!(thrown instanceof AppError)) return false
  return thrown.code === 'storage-damaged' || DAMAGE.test(errorCode(thrown.cause))
}

/** What a full disk may look like. */
const MAY_BE_FULL = /FULL|IOERR|CANTOPEN|ConnectionFailed|ENOSPC|EDQUOT/

/**
 * @param what what was being done, for the message: "open the workspace /a/b".
 * @param place the folder it is done in: whether its disk is full is looked at where SQLite only says "disk I/O error".
 * @returns an AppError `storage-failed` where the cause is the disk or the file, else `thrown` itself.
 */
export function storageError(what: string, place: string, thrown: unknown): unknown {
  if (thrown instanceof AppError) return thrown
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  const code = errorCode(thrown)
  if (code.startsWith('SQLITE_CONSTRAINT') || code === 'SQLITE_ERROR') return thrown
  if (MAY_BE_FULL.test(code === '' ? message : code)) {
    const full = fullDiskError(what, place, thrown)
    if (full !== undefined) return full
  }
  const known = FIXES.find(([pattern]) => pattern.test(code === '' ? message : code))
  if (known === undefined) return fileError(what, thrown)
  const fix = typeof known[1] === 'string' ? known[1] : known[1]()
  return new AppError('storage-failed', `Could not ${what}: ${message}`, fix, { cause: thrown })
}
