// Brings documents of older versions up to date, one version at a time, and refuses what is newer than this program.
import { AppError } from '../../errors'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
export type JsonObject = { readonly [key: string]: Json }

/** From version n to n + 1; gets what passed the migrations before it, not yet validated, and must not change it in place. */
export type Migration = (document: JsonObject) => JsonObject

const PREFIX = 'gptnas-architecture/'
const CURRENT_VERSION = 1

/** By the version they start from. Version 1 is the first one that was ever written, so there is none yet. */
const MIGRATIONS: ReadonlyMap<number, Migration> = new Map()

/**
 * The document in the current version, `format` included; its content is still to be validated.
 * @param migrations and `current` only differ in tests.
 * @throws AppError `invalid-architecture` for another format, a newer version or one that no migration leads from.
 */
export function migrateDocument(
  document: JsonObject,
  migrations: ReadonlyMap<number, Migration> = MIGRATIONS,
  current = CURRENT_VERSION,
): JsonObject {
  let migrated = document
  for (let version = versionOf(document); version !== current; version++) {
    if (version > current)
      throw new AppError(
        'invalid-architecture',
        `format: the file has version ${version} of the architecture format, this program reads up to ${current}.`,
        'Update GPT-NAS Workbench, or save the file with the older version.',
      )
    const step = migrations.get(version)
    if (!step)
      throw new AppError('invalid-architecture', `format: version ${version} of the architecture format is not known.`)
    migrated = { ...step(migrated), format: `${PREFIX}${version + 1}` }
  }
  return migrated
}

function versionOf({ format }: JsonObject): number {
  const text = typeof format === 'string' && format.startsWith(PREFIX) ? format.slice(PREFIX.length) : ''
  if (/^(0|[1-9]\d{0,8})$/.test(text)) return Number(text)
  const received = format === undefined ? 'nothing' : JSON.stringify(format).slice(0, 60)
  throw new AppError(
    'invalid-architecture',
    `format: expected "${PREFIX}${CURRENT_VERSION}", received ${received}.`,
    'Choose an architecture file (.gptnas.json).',
  )
}
