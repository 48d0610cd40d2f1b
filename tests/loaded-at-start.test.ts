// What each start waits for. A package that only a feature needs is imported by that feature when it is used (`await import`):
// decoders, readers of archives and tables, sensors, statistics. Followed here is every import that stands at the head of a
// file, from each entry on; what only TypeScript sees and what is imported later does not count.
import { existsSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const ALIASES: Readonly<Record<string, string>> = {
  '@shared/': 'src/shared/',
  '@node/': 'src/node/',
  '@/': 'src/renderer/src/',
}

/** Modules named at the head of a file, without those of types. */
function importedBy(file: string): string[] {
  const text = readFileSync(path.join(root, file), 'utf8')
  const script = file.endsWith('.vue') ? [...text.matchAll(/<script[^>]*>([^]*?)<\/script>/g)].join('\n') : text
  const { statements } = ts.createSourceFile('file.ts', script, ts.ScriptTarget.Latest)
  return statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return []
    if (statement.moduleSpecifier === undefined || !isLoaded(statement)) return []
    return [(statement.moduleSpecifier as ts.StringLiteral).text]
  })
}

function isLoaded(statement: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(statement)) {
    const { isTypeOnly, exportClause } = statement
    const names = exportClause && ts.isNamedExports(exportClause) ? exportClause.elements : undefined
    return !isTypeOnly && !(names?.every((element) => element.isTypeOnly) ?? false)
  }
  const clause = statement.importClause
  if (clause === undefined) return true
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return false
  if (clause.name !== undefined || clause.namedBindings === undefined) return true
  return (
    !ts.isNamedImports(clause.namedBindings) || !clause.namedBindings.elements.every(({ isTypeOnly }) => isTypeOnly)
  )
}

/** @returns null for a package of npm, of Node or of Electron */
function fileOf(specifier: string, from: string): string | null {
  const alias = Object.keys(ALIASES).find((prefix) => specifier.startsWith(prefix))
  if (alias === undefined && !specifier.startsWith('.')) return null
  const place =
    alias === undefined
      ? path.join(path.dirname(from), specifier)
      : path.join(ALIASES[alias] ?? '', specifier.slice(alias.length))
  const candidates = [place, `${place}.ts`, path.join(place, 'index.ts')]
  const found = candidates.find((file) => existsSync(path.join(root, file)) && statSync(path.join(root, file)).isFile())
  if (found === undefined) throw new Error(`${from} imports ${specifier}, and there is no such file.`)
  return found
}

/** Every file that is loaded with the entries, and packages by the first file that imports them. */
function loadedWith(entries: readonly string[]): { files: ReadonlySet<string>; packages: ReadonlyMap<string, string> } {
  const files = new Set(entries)
  const packages = new Map<string, string>()
  // A set's iteration takes in what is added on the way.
  for (const file of files) {
    if (!/\.(ts|vue)$/.test(file)) continue
    for (const specifier of importedBy(file)) {
      const next = fileOf(specifier, file)
      if (next !== null) files.add(next)
      else if (!/^(node:|electron$)/.test(specifier) && !packages.has(specifier)) packages.set(specifier, file)
    }
  }
  return { files, packages }
}

const namesOf = (entries: readonly string[]): string[] =>
  [...loadedWith(entries).packages.keys()].map((name) => name.match(/^(@[^/]+\/)?[^/]+/)?.[0] ?? name)

/** What the engine cannot be without: its database, its contract, its random numbers; and how tables are read. */
const ENGINE = [
  '@orpc/client',
  '@orpc/contract',
  '@orpc/server',
  '@orpc/standard-server-peer',
  'kysely',
  'libsql',
  'papaparse',
  'pure-rand',
  'zod',
]

test.each<[string, readonly string[], readonly string[]]>([
  ['main', ['src/main/index.ts'], ['zod']],
  ['the engine', ['src/engine/index.ts'], ENGINE],
  ['gpt-nas', ['src/cli/index.ts'], ['commander']],
  ['gpt-nas search', ['src/cli/commands/search.ts', 'src/cli/session.ts'], [...ENGINE, 'commander'].sort()],
])('%s loads no package at its start that only a feature needs', (_, entries, allowed) => {
  expect([...new Set(namesOf(entries))].sort()).toEqual(allowed)
})

test('the walk sees what is loaded: the decoder thread has its decoders, the import its archives', () => {
  expect(namesOf(['src/engine/datasets/images/decoder-thread.ts'])).toContain('@cornerstonejs/codec-libjpeg-turbo-8bit')
  expect(namesOf(['src/engine/datasets/importing/import-dataset.ts'])).toContain('yauzl')
  expect(loadedWith(['src/renderer/src/main.ts']).files).toContain('src/renderer/src/app/App.vue')
})
