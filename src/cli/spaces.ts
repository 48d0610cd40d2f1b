// A space as commands and search files name it: a built-in one by name, a user-defined one by its file, or that of a search
// file. Files are read once (node/user-space.ts): a definition
// holds their content.
import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { BUILT_IN_BLOCKS } from '@shared/architecture/blocks'
import { AppError } from '@shared/errors'
import { openSpace } from '@shared/spaces'
import { spaceSchema, type SpaceDefinition } from '@shared/spaces/schema'
import { PUBLISHED_IMAGES } from '@shared/spaces/published-images'
import type { Space } from '@shared/spaces/space'
import { readSpaceJson, readUserSpace, userSpaceOf, withinFile } from '@node/user-space'

/** Built-in spaces that need no settings, each with the defaults of its definition. */
const NAMED: readonly string[] = ['block-chain', 'nas-bench-101', 'nas-bench-201']

export const SPACE_HELP = `${NAMED.join(', ')}, a space file, or a search file with its space`

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * The `space` of a search file with `{ "kind": "user", "file": "my-space.json" }` replaced by what the files hold; any other
 * is left as it is, for the schema to judge.
 * @param folder that the path is relative to
 * @throws AppError naming the space file and what is wrong with it
 */
export function withSpaceFile(space: unknown, folder: string): unknown {
  if (!isObject(space) || space['kind'] !== 'user' || typeof space['file'] !== 'string') return space
  const path = resolve(folder, space['file'])
  return { ...space, ...readUserSpace(path) }
}

function definitionIn(json: unknown, path: string): SpaceDefinition {
  if (!isObject(json)) return userSpaceOf(json, path)
  const isSearch = json['format'] === 'gptnas-run/1' || (!('format' in json) && 'space' in json)
  if (!isSearch && !('kind' in json)) return userSpaceOf(json, path)
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
  const definition = definitionIn(readSpaceJson(name), name)
  return withinFile(name, () => openSpace(definition, PUBLISHED_IMAGES, BUILT_IN_BLOCKS))
}
