// Folders that live as long as one test.
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'

/** An empty folder, removed when the running test has finished. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gptnas-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
