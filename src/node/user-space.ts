// The content of a user's space file and of the table beside it, read once: what a run keeps. What stands in the file is judged by
// src/shared/spaces/user.
import { existsSync, realpathSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { AppError } from '@shared/errors'
import type { UserSpaceDefinition } from '@shared/spaces/user/schema'
import { USER_SPACE_FORMAT, parseSpaceFile } from '@shared/spaces/user/space-file'
import { isWithin } from './real-place'
import { readUnicodeSync } from './text-file'

export function readSpaceJson(path: string): unknown {
  try {
    return JSON.parse(readUnicodeSync(path, { what: 'space file' }))
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('invalid-input', `${path} is not JSON: ${reason}.`, 'docs/spaces.md describes the file.', {
      cause,
    })
  }
}

/** What goes wrong with a user's space is said with its file. */
export function withinFile<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown
    const hint = thrown.fix ?? `A space file starts with { "format": "${USER_SPACE_FORMAT}" }.`
    throw new AppError(thrown.code, `${path}: ${thrown.message}`, hint, { cause: thrown })
  }
}

/**
 * The table that a space file names. A space file comes from anywhere: it may name what lies beside or below it and nothing else, or
 * it would have any file read, and quoted where that is no table.
 */
function readTable(spaceFile: string, named: string): string {
  const folder = realpathSync(dirname(spaceFile))
  const table = resolve(folder, named)
  const real = existsSync(table) ? realpathSync(table) : table
  if (isWithin(folder, table) && isWithin(folder, real)) return readUnicodeSync(table, { what: 'table' })
  throw new AppError(
    'invalid-input',
    `It names the table ${JSON.stringify(named.slice(0, 100))}, which does not lie in the space file's folder.`,
    'Put the table beside the space file and name it from there.',
  )
}

/** The content of a space file and of the table beside it. @throws AppError naming the file and what is wrong with it */
export function userSpaceOf(json: unknown, path: string): UserSpaceDefinition {
  return withinFile(path, () => {
    const file = parseSpaceFile(json)
    const table = file.table === undefined ? null : readTable(path, file.table.file)
    return { kind: 'user', file, table }
  })
}

/** As `userSpaceOf` of the file at a place. */
export const readUserSpace = (path: string): UserSpaceDefinition => userSpaceOf(readSpaceJson(path), path)
