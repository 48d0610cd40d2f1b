// The map in docs/architecture.md is the tree: every folder it names exists, no folder beside one that it names is missing.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { at, isThere } from './files'

/** Folders that a checkout has and Git does not. */
const MADE = ['node_modules', 'out', 'dist', 'coverage', 'test-results', 'playwright-report']

/** The paths of the first code block behind "## Folders"; a line that is indented lies in the last one that is not. */
function mappedFolders(page: string): string[] {
  const block = /## Folders[\s\S]*?```\n([\s\S]*?)```/.exec(page)?.[1] ?? ''
  let parent = ''
  return block.split('\n').flatMap((line) => {
    const [, indent = '', name] = /^( *)([\w./-]+)\/(?: |$)/.exec(line) ?? []
    if (name === undefined) return []
    if (indent === '') parent = name
    return [indent === '' ? name : path.posix.join(parent, name)]
  })
}

const foldersIn = (folder: string): string[] =>
  readdirSync(at(folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && !MADE.includes(entry.name))
    .map((entry) => path.posix.join(folder, entry.name))

describe('the map of folders', () => {
  const mapped = mappedFolders(readFileSync(at('docs/architecture.md'), 'utf8'))

  test('names folders that exist', () => {
    expect(mapped.length).toBeGreaterThan(30)
    expect(mapped.filter((folder) => !isThere(folder))).toEqual([])
  })

  test('names every folder of the repository and of src', () => {
    const top = [...foldersIn('.').filter((folder) => folder !== 'src'), ...foldersIn('src')]
    // Of src/renderer the map shows what lies in its src.
    const missing = top.filter((folder) => !mapped.some((name) => name === folder || name.startsWith(`${folder}/`)))
    expect(missing).toEqual([])
  })

  test('names every room of a folder that it shows from inside', () => {
    const parents = new Set(
      mapped.map((folder) => path.posix.dirname(folder)).filter((folder) => mapped.includes(folder)),
    )
    expect([...parents]).toContain('src/engine')
    const missing = [...parents].flatMap(foldersIn).filter((folder) => !mapped.includes(folder))
    expect(missing).toEqual([])
  })
})
