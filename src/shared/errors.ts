// The one error type that crosses processes: a code a program can act on, a message and a way out a person can act on.
// How it is shown belongs to the renderer and the CLI.

import { withCutQuotations } from './quoted'

/** Closed list of failure kinds; a caller may branch on them, the message is for people. */
export const ERROR_CODES = [
  'invalid-input',
  'invalid-architecture',
  'not-found',
  'conflict',
  'read-only',
  'dataset-missing',
  'dataset-damaged',
  'diverged',
  'out-of-memory',
  'time-limit',
  'command-failed',
  'compute-died',
  'engine-restarted',
  'runtime-missing',
  'storage-failed',
  'storage-damaged',
  'cancelled',
  'internal',
] as const
export type ErrorCode = (typeof ERROR_CODES)[number]

export interface ErrorData {
  readonly code: ErrorCode
  /** What happened: what was expected, what came, where. */
  readonly message: string
  /** What to do about it, as a sentence; absent only where nothing can be done. */
  readonly fix?: string | undefined
  /** What is typed for it, as a sentence: said after `fix` at a command line, and never in the window, which has its own buttons. */
  readonly commandLine?: string | undefined
}

/** An expected failure. Bugs throw ordinary errors and reach the user as `internal`. */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly fix: string | undefined
  readonly commandLine: string | undefined

  constructor(code: ErrorCode, message: string, fix?: string, options: { cause?: unknown; commandLine?: string } = {}) {
    const { commandLine, ...rest } = options
    super(withCutQuotations(message), rest)
    this.code = code
    this.fix = fix
    this.commandLine = commandLine
  }

  toData(): ErrorData {
    const { code, message, fix, commandLine } = this
    return { code, message, ...(fix !== undefined && { fix }), ...(commandLine !== undefined && { commandLine }) }
  }
}

/** Whatever was thrown, as data that survives any wire. */
export function errorData(thrown: unknown): ErrorData {
  if (thrown instanceof AppError) return thrown.toData()
  if (thrown instanceof Error) return { code: 'internal', message: thrown.message }
  return { code: 'internal', message: String(thrown) }
}
