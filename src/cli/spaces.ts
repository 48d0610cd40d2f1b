// A space as commands and search files name it: a built-in one by name, a user-defined one by its file, or that of a search
// file. Files are read here, once: a definition holds their content.
import { existsSync, realpathSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { BUILT_IN_BLOCKS } from '@shared/architecture/blocks'
import { AppError } from '@shared/errors'
import { openSpace } from '@shared/spaces'
import { spaceSchema, type SpaceDefinition } from '@shared/spaces/schema'
import { PUBLISHED_IMAGES } from '@shared/spaces/published-images'
import type { Space } from '@shared/spaces/space'
import type { UserSpaceDefinition } from '@shared/spaces/user/schema'
import { USER_SPACE_FORMAT, parseSpaceFile } from '@shared/spaces/user/space-file'
import { isWithin } from '@node/real-place'
import { readText } from './files'

/** Built-in spaces that need no settings, each with the defaults of its definition. */
const NAMED: readonly string[] = ['block-chain', 'nas-bench-101', 'nas-bench-201']

export const SPACE_HELP = `${NAMED.join(', ')}, a space file, or a search file with its space`

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function readJson(path: string): unknown {
  try {
    return JSON.parse(readText(path, 'space file'))
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('invalid-input', `${path} is not JSON: ${reason}.`, 'docs/spaces.md describes the file.', {
      cause,
    })
  }
}

/** What goes wrong with a user's space is said with its file. */
function within<T>(path: string, work: () => T): T {
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
  if (isWithin(folder, table) && isWithin(folder, real)) return readText(table, 'table')
  throw new AppError(
    'invalid-input',
    `It names the table ${JSON.stringify(named.slice(0, 100))}, which does not lie in the space file's folder.`,
    'Put the table beside the space file and name it from there.',
  )
}

/** The content of a space file and of the table beside it. */
function userSpace(json: unknown, path: string): UserSpaceDefinition {
  return within(path, () => {
    const file = parseSpaceFile(json)
    const table = file.table === undefined ? null : readTable(path, file.table.file)
    return { kind: 'user', file, table }
  })
}

/**
 * The `space` of a search file with `{ "kind": "user", "file": "my-space.json" }` replaced by what the files hold; any other
 * is left as it is, for the schema to judge.
 * @param folder that the path is relative to
 * @throws AppError naming the space file and what is wrong with it
 */
export function withSpaceFile(space: unknown, folder: string): unknown {
  if (!isObject(space) || space['kind'] !== 'user' || typeof space['file'] !== 'string') return space
  const path = resolve(folder, space['file'])
  return { ...space, ...userSpace(readJson(path), path) }
}

function definitionIn(json: unknown, path: string): SpaceDefinition {
  if (!isObject(json)) return userSpace(json, path)
  const isSearch = json['format'] === 'gptnas-run/1' || (!('format' in json) && 'space' in json)
  if (!isSearch && !('kind' in json)) return userSpace(json, path)
  const parsed = spaceSchema.safeParse(withSpaceFile(isSearch ? (json['space'] ?? {}) : json, dirname(path)))
  if (parsed.success) return parsed.data
  const issues = parsed.error.issues.map((issue) => `  ${issue.path.join('.') || '(space)'}: ${issue.message}`)
  throw new AppError(
    'invalid-input',
    `${path} is not a valid space:\n${issues.join('\n')}`,
    'docs/search-file.md describes every field.',
  )
}

/** @throws AppError for an unknown name, a missing file, or a file that is no space, naming the place in it */
export function openNamedSpace(name: string): Space {
  if (NAMED.includes(name)) return openSpace(spaceSchema.parse({ kind: name }), PUBLISHED_IMAGES, BUILT_IN_BLOCKS)
  if (!existsSync(name))
    throw new AppError('not-found', `There is no space and no file "${name}".`, `Name one of: ${SPACE_HELP}.`)
  const definition = definitionIn(readJson(name), name)
  return within(name, () => openSpace(definition, PUBLISHED_IMAGES, BUILT_IN_BLOCKS))
}
