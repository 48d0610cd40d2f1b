// The lint rule that keeps every reader of files on the one that looks before it reads: it bites, and it leaves writing alone.
import path from 'node:path'
import { ESLint, Linter } from 'eslint'
import tseslint from 'typescript-eslint'
import { expect, it } from 'vitest'

const RULE = 'no-restricted-syntax'
const eslint = new ESLint({ cwd: path.resolve(__dirname, '..') })

/** What the rule says about code in `file`, which need not exist. */
async function complaints(code: string, file = 'src/engine/some-room/file.ts'): Promise<number> {
  const { rules } = (await eslint.calculateConfigForFile(file)) as Linter.Config
  const rule = rules?.[RULE]
  if (rule === undefined) return 0
  const settings = { files: ['**/*.ts'], languageOptions: { parser: tseslint.parser as Linter.Parser } }
  return new Linter({ configType: 'flat' }).verify(code, [{ ...settings, rules: { [RULE]: rule } }], file).length
}

it.each([
  `import { readFile } from 'node:fs/promises'`,
  `import { readFile as read } from 'node:fs/promises'`,
  `import { createReadStream } from 'node:fs'`,
  `import { promises as files } from 'node:fs'\nfiles.readFile('x')`,
  `import fs from 'node:fs'\nfs.readFileSync('x')`,
  `import { open } from 'node:fs/promises'\nopen('x', 'r')`,
  `import fs from 'node:fs'\nfs.openSync('x')`,
])('refuses %j', async (code) => expect(await complaints(code)).toBe(1))

it.each([
  `import { open } from 'node:fs/promises'\nopen('x', 'wx')`,
  `import { readWhole } from '@node/read-file'\nreadWhole('x', { what: 'table', maxBytes: 1 })`,
])('allows %j', async (code) => expect(await complaints(code)).toBe(0))

it('holds everywhere but in the readers themselves and in tests', async () => {
  const raw = `import { readFileSync } from 'node:fs'`
  for (const file of ['src/cli/commands/check.ts', 'src/main/windows.ts', 'src/node/whole-file.ts'])
    expect(await complaints(raw, file)).toBe(1)
  for (const file of [
    'src/node/read-file.ts',
    'src/node/system-file.ts',
    'src/cli/a.test.ts',
    'src/engine/testing/a.ts',
  ])
    expect(await complaints(raw, file)).toBe(0)
})
