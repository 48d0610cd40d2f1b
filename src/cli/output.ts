// What a command prints: results on standard output (text, or JSON alone with --json), everything else on standard error.
import type { Writable } from 'node:stream'
import { errorData, type ErrorData } from '@shared/errors'
import { plainJson, plainLine, plainText } from './plain-text'

/** Exit codes of every command. */
export const EXIT = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const

export interface Output {
  readonly isJson: boolean
  /** The command's result: `text` for people, `json` for programs; exactly one of them is printed. */
  result(json: unknown, text: string): void
  /** A line for the person watching. */
  note(line: string): void
  /** Redraws the last lines on a terminal; without one it prints nothing: notes carry the milestones. */
  live(lines: readonly string[]): void
  failure(thrown: unknown): void
}

export interface Streams {
  readonly stdout: Writable
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number }
}

/** What happened, and what to do about it, at a command line too. */
export const failureLines = ({ message, fix, commandLine }: ErrorData): string[] =>
  [message, fix, commandLine].filter((line) => line !== undefined && line !== '').map(String)

/** A failure for people, a line each. */
export const failureText = (thrown: unknown): string =>
  plainText(`Error: ${failureLines(errorData(thrown)).join('\n')}\n`)

export function createOutput(isJson: boolean, { stdout, stderr }: Streams): Output {
  let drawn = 0
  const isTerminal = stderr.isTTY === true
  const clear = (): void => {
    if (drawn > 0) stderr.write(`\u001b[${drawn}A\u001b[0J`)
    drawn = 0
  }
  return {
    isJson,
    result: (json, text) => {
      clear()
      stdout.write(`${isJson ? plainJson(JSON.stringify(json, null, 2)) : plainText(text)}\n`)
    },
    note: (line) => {
      clear()
      stderr.write(`${plainText(line)}\n`)
    },
    live: (lines) => {
      if (!isTerminal) return
      clear()
      const width = stderr.columns ?? 80
      for (const line of lines) stderr.write(`${plainLine(line).slice(0, width - 1)}\n`)
      drawn = lines.length
    },
    failure: (thrown) => {
      clear()
      if (isJson) stdout.write(`${plainJson(JSON.stringify({ error: errorData(thrown) }, null, 2))}\n`)
      stderr.write(failureText(thrown))
    },
  }
}
