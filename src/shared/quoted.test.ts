import { expect, it } from 'vitest'
import { quoted, quotedValue } from './quoted'

it('cuts what is long, and shows what would act', () => {
  expect(quoted('plain')).toBe('"plain"')
  expect(quoted('x'.repeat(200))).toBe(`"${'x'.repeat(100)}…"`)
  expect(quoted('a\u001b[2J\n\u202eb"')).toBe('"a\\u001b[2J\\n\\u202eb\\""')
})

it('cuts values of other kinds alike', () => {
  expect(quotedValue(0.5)).toBe('0.5')
  expect(quotedValue(undefined)).toBe('nothing')
  expect(quotedValue(Array.from({ length: 1000 }, () => 'x'))).toHaveLength(101)
  expect(quotedValue(['\u009b2J'])).toBe('["\\u009b2J"]')
})
