// Figures of finished runs in a folder of the caller's, so that a measurement that is cut off goes on where it was.
import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode } from '@node/file-error'

interface Stored<T> {
  /** Of what decides the run: another recipe's figure is not taken for this one's. */
  readonly key: string
  readonly at: string
  readonly result: T
}

export interface Kept<T> {
  find(name: string, decisive: unknown): Promise<T | null>
  keep(name: string, decisive: unknown, result: T): Promise<void>
  /** What is kept under the name, whatever decided it: to be told apart from a figure that holds. */
  earlier(name: string): Promise<T | null>
}

/** A hash of what decides a figure. */
export const keyOf = (decisive: unknown): string => createHash('sha256').update(JSON.stringify(decisive)).digest('hex')

/** @param folder null keeps nothing */
export function keptFigures<T>(folder: string | null): Kept<T> {
  const nothing = () => Promise.resolve(null)
  if (folder === null) return { find: nothing, keep: () => Promise.resolve(), earlier: nothing }
  const fileOf = (name: string): string => join(folder, `${name}.json`)
  const storedUnder = async (name: string): Promise<Stored<T> | null> => {
    try {
      return JSON.parse(await readFile(fileOf(name), 'utf8')) as Stored<T>
    } catch (thrown) {
      if (errorCode(thrown) === 'ENOENT') return null
      throw thrown
    }
  }
  return {
    async find(name, decisive) {
      const stored = await storedUnder(name)
      return stored?.key === keyOf(decisive) ? stored.result : null
    },
    earlier: async (name) => (await storedUnder(name))?.result ?? null,
    async keep(name, decisive, result) {
      const stored: Stored<T> = { key: keyOf(decisive), at: new Date().toISOString(), result }
      await mkdir(folder, { recursive: true })
      await writeFile(`${fileOf(name)}.partial`, `${JSON.stringify(stored, null, 2)}\n`)
      await rename(`${fileOf(name)}.partial`, fileOf(name))
    },
  }
}
