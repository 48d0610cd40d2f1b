// Files that commands read and write: text in, text out, with errors that say which file. Writing is temp + rename.
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { AppError } from '@shared/errors'

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

/** Replaces a file as a whole, or leaves it as it was. @throws AppError `storage-failed` */
export function writeText(path: string, text: string): void {
  const part = `${path}.${process.pid}.part`
  try {
    writeFileSync(part, text)
    renameSync(part, path)
  } catch (cause) {
    rmSync(part, { force: true })
    throw new AppError(
      'storage-failed',
      `${path} cannot be written: ${reasonOf(cause)}.`,
      'Name a folder that exists and can be written to.',
      { cause },
    )
  }
}
