// A page that shows commands says how they are typed in a checkout, where most readers are.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { at, repositoryFiles } from './files'

const COMMAND =
  /(?<!npm run -s )gpt-nas (?:bench|check|dataset|devices|doctor|export|proposer|prove|search|space|train|zoo) /
/** Listed for readers, not followed by them. */
const pages = repositoryFiles('.md').filter(
  (page) => !/^docs\/decisions\/|^CHANGELOG|^resources\/|^docs\/(?:architecture|extending|rules)/.test(page),
)

test('pages with commands say how they are typed in a checkout', () => {
  const withCommands = pages.filter((page) => COMMAND.test(readFileSync(at(page), 'utf8')))
  expect(withCommands).toContain('docs/data.md')
  const silent = withCommands.filter(
    (page) => !/npm run -s gpt-nas --/.test(readFileSync(at(page), 'utf8').replace(/\n/g, ' ')),
  )
  expect(silent).toEqual([])
})
