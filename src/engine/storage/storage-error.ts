// Turns what SQLite throws into an AppError that says what to do, and what the file system does by src/node/file-error.ts.
// Constraint violations stay as they are: those are either handled where they can happen or bugs.
import { AppError } from '@shared/errors'
import { errorCode, fileError } from '@node/file-error'

const FIXES: readonly (readonly [RegExp, string])[] = [
  [/FULL/, 'Free some space on the disk that holds the workspace, then try again.'],
  [/READONLY/, 'Give yourself write permission for the workspace folder or choose another folder.'],
  [/BUSY|LOCKED/, 'Another program holds the workspace. Close it and try again.'],
  [
    /CORRUPT|NOTADB/,
    'Put the newest file from the backups folder in place of workspace.sqlite; the damaged one can stay beside it under another name.',
  ],
  [/CANTOPEN|IOERR|ConnectionFailed/, 'Check that the path is a folder and that its disk is healthy.'],
]

/**
 * @param what what was being done, for the message: "open the workspace /a/b".
 * @returns an AppError `storage-failed` where the cause is the disk or the file, else `thrown` itself.
 */
export function storageError(what: string, thrown: unknown): unknown {
  if (thrown instanceof AppError) return thrown
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  const code = errorCode(thrown)
  if (code.startsWith('SQLITE_CONSTRAINT') || code === 'SQLITE_ERROR') return thrown
  const known = FIXES.find(([pattern]) => pattern.test(code === '' ? message : code))
  if (known === undefined) return fileError(what, thrown)
  return new AppError('storage-failed', `Could not ${what}: ${message}`, known[1], { cause: thrown })
}
