// What native code writes to standard error while something is done. TensorFlow says there, and nowhere else, why it uses no card. For a
// throw-away process: its standard error ends in a file from then on.
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { MIB } from '@shared/units'
import { readWholeSync } from '@node/read-file'

const STANDARD_ERROR = 2

/** @returns what `work` gives, and what was written; empty where the system does not let itself be heard */
export async function whileKeepingErrors<T>(
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly written: string }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'gpt-nas-check-'))
  const file = path.join(folder, 'errors')
  try {
    // The system gives the lowest free number: that of the closed one.
    closeSync(STANDARD_ERROR)
    openSync(file, 'a')
    const result = await work()
    return { result, written: readWholeSync(file, { what: 'file of messages', maxBytes: MIB }).toString('utf8') }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
