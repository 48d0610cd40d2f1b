// The examples of docs/spaces.md do what the page says of them.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { BUILT_IN_BLOCKS } from '@shared/architecture/blocks'
import { checkDocument, isSound } from '@shared/architecture/checks'
import { createRandom } from '@shared/random'
import { openSpace } from '@shared/spaces'
import { createKeyCodec } from '@shared/spaces/user/key'
import { createUserSpace } from '@shared/spaces/user/space'
import { parseSpaceText } from '@shared/spaces/user/space-file'
import { readSpaceTable } from '@shared/spaces/user/table'
import { readDefinition } from '../src/cli/definition'

const page = readFileSync(join(__dirname, '../docs/spaces.md'), 'utf8')
const examples = (language: string): string[] =>
  [...page.matchAll(new RegExp('```' + language + '\\n([\\s\\S]*?)```', 'g'))].map((match) => match[1]!)

describe('docs/spaces.md', () => {
  it('has a measured space of three architectures', () => {
    const file = parseSpaceText(examples('json')[0]!)
    const table = readSpaceTable(examples('csv')[0]!, file.table!, createKeyCodec(file.positions))
    const space = createUserSpace({ file, table })
    expect([...space.all()].map(({ choices }) => choices)).toEqual(['00', '01', '12'])
    expect(space.undocumented).toContain('mbconv3_e3')
  })

  it('has a space that can be trained', () => {
    const space = createUserSpace({ file: parseSpaceText(examples('json')[1]!) })
    const { count, exact } = space.size()
    expect(exact).toBe(true)
    expect(count).toBeGreaterThan(20)
    expect(count).toBeLessThan(81)
    const random = createRandom(1)
    for (let i = 0; i < 20; i++)
      expect(isSound(checkDocument(space.toDocument(space.random(random), 'x'), BUILT_IN_BLOCKS))).toBe(true)
  })

  it('has a search of that space, as the command line reads it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'space-examples-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    writeFileSync(join(folder, 'small-mobile.json'), examples('json')[1]!)
    writeFileSync(join(folder, 'search.json'), examples('json')[2]!)
    const { space } = readDefinition({ config: join(folder, 'search.json') })
    expect(space).toMatchObject({ kind: 'user', file: { name: 'small-mobile' }, table: null })
    const opened = openSpace(space, { shape: [32, 32, 3], classes: 10 }, BUILT_IN_BLOCKS)
    expect(opened.undocumented).toBeUndefined()
  })
})
