// Pages name files as they are: a path that is gone, or a function that its file does not have, sends a reader astray.
// Decisions stay as they were written and are left out.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { at, isThere, repositoryFiles } from './files'

const pages = repositoryFiles('.md').filter((page) => !/^docs\/decisions\/|^CHANGELOG/.test(page))

/** Paths in code spans below a folder of the repository; NAME, FORMAT and `*` stand for what a reader fills in. */
const pathsIn = (text: string): string[] =>
  [...text.matchAll(/`((?:src|tests|bench|scripts|e2e|docs|resources|build)\/[\w./-]+)`/g)]
    .map((match) => match[1]!)
    .filter((path) => !/[A-Z]{3}/.test(path))

describe('files that pages name', () => {
  test('are there', () => {
    const gone = pages.flatMap((page) =>
      pathsIn(readFileSync(at(page), 'utf8')).flatMap((path) => (isThere(path) ? [] : [`${page}: ${path}`])),
    )
    expect(pathsIn('in `src/gone.ts`, `src/NAME.ts` and src/bare.ts')).toEqual(['src/gone.ts'])
    expect(gone).toEqual([])
  })

  test('have the functions that the way of one figure goes through', () => {
    const way = readFileSync(at('docs/architecture.md'), 'utf8').split('## The way of one figure')[1] ?? ''
    const hops = [...way.matchAll(/^\| `([^`]+)` \| ([^|]+) \|/gm)].map(([, path = '', names = '']) => ({
      path,
      names,
    }))
    expect(hops.length).toBeGreaterThan(10)
    const missing = hops.flatMap(({ path, names }) => {
      const source = readFileSync(at(path), 'utf8')
      const functions = [...names.matchAll(/`(\w+)`/g)].map((match) => match[1]!)
      return functions.filter((name) => !new RegExp(`\\b${name}\\b`).test(source)).map((name) => `${path}: ${name}`)
    })
    expect(missing).toEqual([])
  })
})
