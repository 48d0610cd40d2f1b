// Main's log file, kept small: the previous one is kept beside it. Children's output ends up here too.
import { createWriteStream, existsSync, mkdirSync, renameSync, statSync, type WriteStream } from 'node:fs'
import { join } from 'node:path'
import { MIB } from '@shared/units'

/** A log this long is put aside at the next start. */
const MAX_BYTES = 5 * MIB

/** @returns a function that appends one line with its time. */
export function openLog(folder: string): (line: string) => void {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'workbench.log')
  if (existsSync(file) && statSync(file).size > MAX_BYTES) renameSync(file, `${file}.old`)
  const stream: WriteStream = createWriteStream(file, { flags: 'a' })
  stream.on('error', () => stream.destroy()) // a full disk must not take the app down with its log
  return (line) => {
    if (!stream.destroyed) stream.write(`${new Date().toISOString()} ${line}\n`)
  }
}
