// No comment cites a page, or a heading of a page, that is not in the repository; no link between pages is broken.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { citationsIn, type Citation } from './citations'
import { at, isThere, repositoryFiles } from './files'
import { fragments, links } from './markdown'

const pages = repositoryFiles('.md')

/** The page that a comment means: by path, by the number of a decision, or a file that only its name is given of. */
function pageOf({ page }: Citation): string | undefined {
  if (/^docs\/decisions\/\d{3}$/.test(page)) return only(pages.filter((file) => file.startsWith(`${page}-`)))
  if (page.includes('/')) return isThere(page) ? page : undefined
  return pages.find((file) => path.posix.basename(file) === page)
}

const only = (found: string[]): string | undefined => (found.length === 1 ? found[0] : undefined)

function problem(citation: Citation): string | undefined {
  const file = pageOf(citation)
  if (file === undefined) return `${citation.page} is not in the repository`
  const { fragment } = citation
  return fragment === undefined || fragments(at(file)).has(fragment) ? undefined : `${file} has no heading #${fragment}`
}

describe('what comments cite', () => {
  test('is in the repository, heading included', () => {
    const sources = repositoryFiles('.ts', '.mts', '.mjs', '.vue', '.css', '.py', '.sh', '.yml')
    const broken = sources.flatMap((file) =>
      citationsIn(readFileSync(at(file), 'utf8')).flatMap((citation) => {
        const text = problem(citation)
        return text === undefined ? [] : [`${file}:${citation.line}: ${text}`]
      }),
    )
    expect(sources.length).toBeGreaterThan(500)
    expect(broken).toEqual([])
  })

  test.each([
    ['// as the page says (paper' + '.md 6-8)', [{ line: 1, page: 'paper' + '.md' }]],
    ['  * refused (design' + ': Truth).', [{ line: 1, page: '(design' + ': Truth)' }]],
    ['x() // docs/rules.md#truth', [{ line: 1, page: 'docs/rules.md', fragment: 'truth' }]],
    ['function edit(design' + ': OpenDesign) {', []],
  ])('is read of %s', (source, expected) => {
    expect(citationsIn(source)).toEqual(expected)
  })

  test('a page and a heading that are not there are told', () => {
    expect(problem({ line: 1, page: 'docs/rules.md', fragment: 'truth' })).toBeUndefined()
    expect(problem({ line: 1, page: 'docs/rules.md', fragment: 'no-such-rule' })).toMatch(/no heading/)
    expect(problem({ line: 1, page: 'docs/no-such-page' + '.md' })).toMatch(/not in the repository/)
    expect(problem({ line: 1, page: 'docs/decisions/999' })).toMatch(/not in the repository/)
  })
})

describe('links between pages', () => {
  test('lead to a file of the repository and to a heading of it', () => {
    const broken = pages.flatMap((page) =>
      links(at(page)).flatMap(({ line, target }) => {
        if (/^[a-z]+:/.test(target)) return []
        const [name = '', fragment] = target.split('#')
        const file = name === '' ? page : path.posix.join(path.posix.dirname(page), name)
        if (!isThere(file)) return [`${page}:${line}: ${target}`]
        return fragment === undefined || fragments(at(file)).has(fragment) ? [] : [`${page}:${line}: ${target}`]
      }),
    )
    expect(pages).toContain('docs/rules.md')
    expect(broken).toEqual([])
  })
})
