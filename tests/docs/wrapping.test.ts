// Prose wraps as code does, so that a change of a sentence is a change of its lines. Tables and code keep their rows; a changelog
// line is one fact.
import { expect, test } from 'vitest'
import { at, repositoryFiles } from './files'
import { prose } from './markdown'

/** As .prettierrc.json has it for code. */
const WIDTH = 120

test('lines of pages are at most as wide as lines of code', () => {
  const pages = repositoryFiles('.md').filter(
    (file) => file.startsWith('docs/') || ['README.md', 'CONTRIBUTING.md'].includes(file),
  )
  expect(pages.length).toBeGreaterThan(40)
  const wide = pages.flatMap((file) =>
    prose(at(file))
      .filter(({ text }) => !text.trimStart().startsWith('|') && !text.startsWith('    ') && [...text].length > WIDTH)
      .map(({ line }) => `${file}:${line}`),
  )
  expect(wide).toEqual([])
})
