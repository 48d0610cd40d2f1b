// docs/search-file.md says of every setting what its schema says. Stale after a change of a schema: `npx vitest run
// tests/docs/search-file.test.ts -u` writes the tables anew.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { runDefinitionSchema } from '../../src/shared/search/run'
import { SETTINGS } from '../../src/shared/search/setting-list'
import { STRATEGIES } from '../../src/shared/strategies/registry'
import { at } from './files'
import { settingsTables } from './settings-tables'

const PAGE = at('docs/search-file.md')
const BEGIN = '<!-- Written from the schemas by tests/docs/search-file.test.ts. -->'
const END = '<!-- Until here. -->'

const page = readFileSync(PAGE, 'utf8')

describe('docs/search-file.md', () => {
  it('has the tables that the schemas give', async () => {
    const begin = page.indexOf(BEGIN) + BEGIN.length
    const end = page.indexOf(END)
    expect(begin).toBeGreaterThan(BEGIN.length)
    expect(end).toBeGreaterThan(begin)
    const written = `${page.slice(0, begin)}\n\n${settingsTables()}\n\n${page.slice(end)}`
    await expect(written).toMatchFileSnapshot(PAGE)
  })

  it('names every setting', () => {
    for (const { path } of SETTINGS) expect(settingsTables()).toContain(`\`${path}\``)
  })

  it('tells the source of every strategy', () => {
    const sources = page.slice(page.indexOf('## Sources of the strategies'))
    for (const { name } of STRATEGIES) expect(sources).toContain(`| \`${name}\` |`)
  })

  it('has examples that are valid', () => {
    const examples = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map((match) => match[1]!)
    expect(examples.length).toBeGreaterThan(0)
    for (const example of examples) expect(runDefinitionSchema.safeParse(JSON.parse(example)).error).toBeUndefined()
  })
})
