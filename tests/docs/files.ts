// The repository as its tests of documents see it: every file that is written by hand, none that a build or a run made.
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

const MADE = new Set(['node_modules', 'out', 'dist', 'coverage', 'test-results', 'playwright-report', '.git'])

/** The absolute path of a file or folder of the repository. */
export const at = (file: string): string => path.join(root, file)

export const isThere = (file: string): boolean => existsSync(at(file))

/** Paths below the root, with forward slashes, whose names end in one of `endings`. */
export function repositoryFiles(...endings: string[]): string[] {
  const below = (folder: string): string[] =>
    readdirSync(at(folder), { withFileTypes: true }).flatMap((entry) => {
      const name = path.posix.join(folder, entry.name)
      if (entry.isDirectory()) return MADE.has(entry.name) ? [] : below(name)
      return entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)) ? [name] : []
    })
  return below('.')
}
