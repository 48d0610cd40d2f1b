// Figures of finished runs in a folder of the caller's, so that a measurement that is cut off goes on where it was.
import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode } from '../../src/engine/storage/storage-error'
import type { AccuracyResult } from './job'

interface Stored {
  /** Of what decides the run: another recipe's figure is not taken for this one's. */
  readonly key: string
  readonly at: string
  readonly result: AccuracyResult
}

export interface Kept {
  find(name: string, decisive: unknown): Promise<AccuracyResult | null>
  keep(name: string, decisive: unknown, result: AccuracyResult): Promise<void>
}

const keyOf = (decisive: unknown): string => createHash('sha256').update(JSON.stringify(decisive)).digest('hex')

/** @param folder null keeps nothing */
export function keptFigures(folder: string | null): Kept {
  if (folder === null) return { find: () => Promise.resolve(null), keep: () => Promise.resolve() }
  const fileOf = (name: string): string => join(folder, `${name}.json`)
  return {
    async find(name, decisive) {
      try {
        const stored = JSON.parse(await readFile(fileOf(name), 'utf8')) as Stored
        return stored.key === keyOf(decisive) ? stored.result : null
      } catch (thrown) {
        if (errorCode(thrown) === 'ENOENT') return null
        throw thrown
      }
    },
    async keep(name, decisive, result) {
      const stored: Stored = { key: keyOf(decisive), at: new Date().toISOString(), result }
      await mkdir(folder, { recursive: true })
      await writeFile(`${fileOf(name)}.partial`, `${JSON.stringify(stored, null, 2)}\n`)
      await rename(`${fileOf(name)}.partial`, fileOf(name))
    },
  }
}
