// What another program has written as JSON, looked at field by field: whatever is not what was expected is undefined.
import { hasTooManyValues, unsafePlace } from '../../architecture/document/parse'
import { AppError } from '../../errors'

export type Json = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A field of its own; what comes with every object is none. */
export const field = (json: unknown, name: string): unknown =>
  isObject(json) && Object.hasOwn(json, name) ? json[name] : undefined
export const textAt = (json: unknown, name: string): string | undefined => {
  const value = field(json, name)
  return typeof value === 'string' ? value : undefined
}
export const numberAt = (json: unknown, name: string): number | undefined => {
  const value = field(json, name)
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}
export const listAt = (json: unknown, name: string): readonly unknown[] => {
  const value = field(json, name)
  return Array.isArray(value) ? (value as readonly unknown[]) : []
}
/** Two whole numbers; one number is both. */
export function pairAt(json: unknown, name: string): readonly [number, number] | undefined {
  const value = field(json, name)
  if (typeof value === 'number') return [value, value]
  const [a, b] = Array.isArray(value) ? (value as readonly unknown[]) : []
  return typeof a === 'number' && typeof b === 'number' ? [a, b] : undefined
}

/**
 * @param what the file is, with its article
 * @throws AppError `invalid-input` for what is no JSON, nests too deep or has keys that reach into prototypes
 */
export function safeJson(text: string, what: string): unknown {
  if (hasTooManyValues(text))
    throw new AppError(
      'invalid-input',
      `This is not ${what}: it has more values than any network's description.`,
      'Export it again.',
    )
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.slice(0, 120) : 'it is not JSON'
    throw new AppError('invalid-input', `This is not ${what}: ${why}.`, 'Export it again.', { cause })
  }
  const unsafe = unsafePlace(json)
  if (unsafe === undefined) return json
  throw new AppError('invalid-input', `This is not ${what}: ${unsafe.slice(0, 300)}.`, 'Export it again.')
}
