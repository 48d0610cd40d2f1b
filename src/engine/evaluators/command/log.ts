// The log of a program of the user's: a file that holds what it printed, its beginning as it comes and its last words at the end, and
// says how much lies between. A program that floods its output costs the disk a bounded room.
import { closeSync, openSync, writeSync } from 'node:fs'
import path from 'node:path'
import { makeFolder } from '@node/folders'

/** Kept of each start: what a training of hundreds of epochs prints, and a flood does not. Chosen by us. */
const HEAD_BYTES = 768 * 1024
const TAIL_BYTES = 256 * 1024
/** For messages. */
const LAST_WORDS_BYTES = 500

export interface ProgramLog {
  write(chunk: Buffer): void
  /** The end of what was printed, in one line. */
  lastWords(): string
  close(): void
}

/** Appends to `file`. @param heading a line above what is printed */
export function openLog(file: string, heading: string): ProgramLog {
  makeFolder(path.dirname(file))
  const handle = openSync(file, 'a')
  let headBytes = 0
  let tail: Buffer = Buffer.alloc(0)
  let tailTotal = 0
  let lastBytes: Buffer = Buffer.alloc(0)
  writeSync(handle, `${heading}\n`)
  return {
    write: (chunk) => {
      const head = chunk.subarray(0, Math.max(0, HEAD_BYTES - headBytes))
      if (head.byteLength > 0) headBytes += writeSync(handle, head)
      const rest = chunk.subarray(head.byteLength)
      tailTotal += rest.byteLength
      tail = Buffer.concat([tail, rest.subarray(-TAIL_BYTES)]).subarray(-TAIL_BYTES)
      lastBytes = Buffer.concat([lastBytes, chunk.subarray(-LAST_WORDS_BYTES)]).subarray(-LAST_WORDS_BYTES)
    },
    lastWords: () =>
      lastBytes
        .toString('utf8')
        .trim()
        .split(/\s*\n\s*/)
        .slice(-3)
        .join(' | '),
    close: () => {
      const leftOut = tailTotal - tail.byteLength
      if (leftOut > 0) writeSync(handle, `\n[${leftOut} bytes left out]\n`)
      writeSync(handle, tail)
      writeSync(handle, '\n')
      closeSync(handle)
    },
  }
}
