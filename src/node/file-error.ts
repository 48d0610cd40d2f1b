// What the file system throws, as an AppError that says what to do. A full disk with its figures is disk.ts's, SQLite's own
// codes are the storage's.
import { AppError } from '@shared/errors'

const FIXES: readonly (readonly [RegExp, string])[] = [
  [/^(ENOSPC|EDQUOT)$/, 'Free some space on that disk, then try again.'],
  [/^(EACCES|EPERM|EROFS)$/, 'Give yourself permission to write there, or choose another folder.'],
  [/^EBUSY$/, 'Another program or the system holds it. Close that, or choose another place.'],
  [/^ENAMETOOLONG$/, 'Choose a shorter name.'],
  [
    /^(ENOENT|ENOTDIR|EEXIST|EISDIR|EIO|EMFILE|ENFILE|ELOOP|ENOTEMPTY|EXDEV|EINVAL|ENXIO|ENODEV|EFBIG|ETXTBSY|ENOTSUP|EOPNOTSUPP|ESTALE|ETIMEDOUT)$/,
    'Check that the path is right and that its disk is healthy.',
  ],
]

/** Code of a Node or SQLite error (`EACCES`, `SQLITE_FULL`), or an empty string. */
export function errorCode(thrown: unknown): string {
  if (typeof thrown !== 'object' || thrown === null || !('code' in thrown)) return ''
  return typeof thrown.code === 'string' ? thrown.code : ''
}

/**
 * @param what what was being done, for the message: "open the folder /a/b"
 * @returns an AppError `storage-failed` where the cause is the disk or the file, else `thrown` itself
 */
export function fileError(what: string, thrown: unknown): unknown {
  if (thrown instanceof AppError || !(thrown instanceof Error)) return thrown
  const code = errorCode(thrown)
  const known = FIXES.find(([pattern]) => pattern.test(code))
  if (known === undefined) return thrown
  return new AppError('storage-failed', `Could not ${what}: ${thrown.message}`, known[1], { cause: thrown })
}
