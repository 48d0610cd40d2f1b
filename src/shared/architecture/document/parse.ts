// The one door for documents from outside (files, clipboard, database, contract): size, keys, version, schema, integrity,
// in this order, each refusal with its place.
import { AppError } from '../../errors'
import { shownPlace, shownReason } from '../../quoted'
import { integrityProblem } from './integrity'
import { MAX_DEPTH, MAX_FILE_LENGTH, MAX_NODES } from './limits'
import type { JsonObject } from './migrations'
import { migrateDocument } from './migrations'
import type { ArchitectureDocument } from './records'
import { documentSchema, issuesText } from './schema'

const FIX = 'Restore the file from a backup or an earlier version, or correct the place named.'

/** Values a document may hold in all: beyond the largest legal document, so that nothing slower than this ever runs. */
const MAX_VALUES = 1_000_000

/**
 * A document of any known version.
 * @throws AppError `invalid-architecture` whose message starts with the place: `records.conv2d-1.slot: ...`.
 */
export function parseDocument(json: unknown): ArchitectureDocument {
  const unsafe = unsafePlace(json)
  if (unsafe !== undefined) throw refused(unsafe)
  if (!isObject(json)) throw refused(`the document: expected an object, received ${kindOf(json)}`)
  const migrated = migrateDocument(json as JsonObject)
  const count = isObject(migrated.records) ? Object.keys(migrated.records).length : 0
  if (count > 20 * MAX_NODES) throw refused(`records: ${count} records, expected far fewer`)
  const parsed = documentSchema.safeParse(migrated)
  if (!parsed.success) throw refused(issuesText(parsed.error))
  const problem = integrityProblem(parsed.data)
  if (problem !== undefined) throw refused(problem)
  return parsed.data
}

/** A document from the text of a file. @throws AppError `invalid-architecture` with line and column, or as `parseDocument`. */
export function parseDocumentText(text: string): ArchitectureDocument {
  if (text.length > MAX_FILE_LENGTH)
    throw refused(`the file: ${text.length} characters, expected at most ${MAX_FILE_LENGTH}`)
  if (text.trim() === '') throw refused('line 1, column 1: the file is empty')
  if (hasTooManyValues(text)) throw refused(`the file: more than ${MAX_VALUES} values`)
  let json: unknown
  try {
    // A byte order mark is what Windows editors put before JSON.
    json = JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw refused(`${placeInText(text, reason)}: not JSON (${shownReason(reason)})`, error)
  }
  return parseDocument(json)
}

const [QUOTE, COMMA, BRACKET, BACKSLASH, BRACE] = [34, 44, 91, 92, 123] as const

/**
 * Whether JSON in `text` would have more values than any document, before anything is made of it: three letters can become an object of fifty
 * bytes. A list or object has one value more than commas, so that commas and openings are never more than the values.
 */
export function hasTooManyValues(text: string): boolean {
  let signs = 0
  let isText = false
  for (let at = 0; at < text.length && signs <= MAX_VALUES; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) isText = !isText
    else if (isText) at += Number(code === BACKSLASH)
    else if (code === COMMA || code === BRACKET || code === BRACE) signs++
  }
  return signs > MAX_VALUES
}

/** Place of the first key that reaches into prototypes, nesting too deep or number that is none; keeps later code safe. */
export function unsafePlace(json: unknown): string | undefined {
  let values = 0
  const visit = (value: unknown, path: string, depth: number): string | undefined => {
    if (++values > MAX_VALUES) return `${shownPlace(path)}: more than ${MAX_VALUES} values`
    if (typeof value === 'number' && !Number.isFinite(value))
      return `${shownPlace(path)}: ${value} is not a finite number`
    if (typeof value !== 'object' || value === null) return undefined
    if (depth > MAX_DEPTH) return `${shownPlace(path)}: nested more than ${MAX_DEPTH} levels deep`
    for (const key of Object.keys(value)) {
      const place = path === '' ? key : `${path}.${key}`
      if (key in Object.prototype) return `${shownPlace(place)}: the key "${key}" is not allowed`
      const problem = visit((value as Readonly<Record<string, unknown>>)[key], place, depth + 1)
      if (problem !== undefined) return problem
    }
    return undefined
  }
  return visit(json, '', 0)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value
}

/** V8 names a position only in some messages and versions; a text that simply stops has its place at the end. */
function placeInText(text: string, reason: string): string {
  const match = /position (\d+)/.exec(reason)
  const before = text.slice(0, match ? Number(match[1]) : text.length)
  const line = before.split('\n').length
  return `line ${line}, column ${before.length - before.lastIndexOf('\n')}`
}

function refused(message: string, cause?: unknown): AppError {
  return new AppError('invalid-architecture', `${message}${message.endsWith('.') ? '' : '.'}`, FIX, { cause })
}
