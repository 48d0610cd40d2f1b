import { expect, it } from 'vitest'
import { quoted } from './quoted'

it('cuts what is long, and shows what would act', () => {
  expect(quoted('plain')).toBe('"plain"')
  expect(quoted('x'.repeat(200))).toBe(`"${'x'.repeat(100)}…"`)
  expect(quoted('a\u001b[2J\n\u202eb"')).toBe('"a\\u001b[2J\\n\\u202eb\\""')
})
