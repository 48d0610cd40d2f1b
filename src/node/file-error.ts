// What the file system throws, as an AppError that says what to do. A full disk with its figures is disk.ts's, SQLite's own
// codes are the storage's.
import { AppError } from '@shared/errors'

interface Known {
  readonly codes: readonly string[]
  readonly fix: string
  /** Why it failed, where the code's own words are a riddle or say less. */
  readonly reason?: string
}

const KNOWN: readonly Known[] = [
  { codes: ['ENOSPC'], reason: 'the disk is full', fix: 'Free some space on that disk, then try again.' },
  { codes: ['EDQUOT'], reason: 'your share of the disk is full', fix: 'Free some space on that disk, then try again.' },
  {
    codes: ['EACCES', 'EPERM'],
    reason: 'the system gives no permission',
    fix: 'Give yourself permission to write there, or choose another folder.',
  },
  { codes: ['EROFS'], reason: 'the disk can only be read', fix: 'Choose a folder on another disk.' },
  {
    codes: ['EBUSY', 'ETXTBSY'],
    reason: 'it is in use',
    fix: 'Another program or the system holds it. Close that, or choose another place.',
  },
  { codes: ['ENAMETOOLONG'], reason: 'the name is too long', fix: 'Choose a shorter name.' },
  { codes: ['ENOENT'], reason: 'there is no such file or folder', fix: 'Check the path, or choose it again.' },
  {
    codes: ['ENOTDIR'],
    reason: 'a part of the path is a file, not a folder',
    fix: 'Check the path, or choose it again.',
  },
  { codes: ['EEXIST', 'ENOTEMPTY'], reason: 'something is there already', fix: 'Choose another name.' },
  { codes: ['EISDIR'], reason: 'it is a folder', fix: 'Choose a file.' },
  { codes: ['ELOOP'], reason: 'its links lead in a circle', fix: 'Mend the links, or choose another place.' },
  {
    codes: [
      'EIO',
      'EMFILE',
      'ENFILE',
      'EXDEV',
      'EINVAL',
      'ENXIO',
      'ENODEV',
      'EFBIG',
      'ENOTSUP',
      'EOPNOTSUPP',
      'ESTALE',
      'ETIMEDOUT',
    ],
    fix: 'Check that the path is right and that its disk is healthy.',
  },
]

/** Code of a Node or SQLite error (`EACCES`, `SQLITE_FULL`), or an empty string. */
export function errorCode(thrown: unknown): string {
  if (typeof thrown !== 'object' || thrown === null || !('code' in thrown)) return ''
  return typeof thrown.code === 'string' ? thrown.code : ''
}

/** Of Node's "EIO: i/o error, read '/a/b'": the words; the path is said by whoever says what was being done. */
const wordsOf = (thrown: Error, code: string): string =>
  `${/^[A-Z0-9]+: ([^,]+)/.exec(thrown.message)?.[1] ?? 'the system refused'} (${code})`

/**
 * @param what what was being done, with the path, for the message: "open the folder /a/b"
 * @returns an AppError `storage-failed` where the cause is the disk or the file, else `thrown` itself
 */
export function fileError(what: string, thrown: unknown): unknown {
  if (thrown instanceof AppError || !(thrown instanceof Error)) return thrown
  const code = errorCode(thrown)
  const known = KNOWN.find(({ codes }) => codes.includes(code))
  if (known === undefined) return thrown
  const { reason = wordsOf(thrown, code), fix } = known
  return new AppError('storage-failed', `Could not ${what}: ${reason}.`, fix, { cause: thrown })
}
