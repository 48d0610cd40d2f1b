// Searches kept in a folder, a file each: a measurement of hours goes on where it was stopped. Whoever names the folder says that code
// and checkpoints are those that made what lies there.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'

export interface SearchKey {
  readonly table: string
  readonly label: string
  readonly seed: number
  readonly budgets: readonly number[]
}

export interface KeptSearch {
  /** By budget. */
  readonly found: readonly number[]
  /** Evaluations until its best was the table's, or as good; null where it never was, absent where that was not noted. */
  readonly reachedAfter?: number | null
  /** Of one core. */
  readonly seconds: number
}

/** @param folder undefined keeps nothing @returns what lies there, else what `make` gives, which then lies there */
export function keptSearches(
  folder: string | undefined,
): (key: SearchKey, make: () => Promise<KeptSearch>) => Promise<KeptSearch> {
  return async (key, make) => {
    if (folder === undefined) return make()
    const name = createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 20)
    const place = path.join(folder, `${name}.json`)
    if (existsSync(place)) return JSON.parse(readFileSync(place, 'utf8')) as KeptSearch
    const made = await make()
    mkdirSync(folder, { recursive: true })
    writeFileSync(`${place}.new`, JSON.stringify({ ...key, ...made }))
    renameSync(`${place}.new`, place)
    return made
  }
}
