import { expect, it } from 'vitest'
import { AppError } from './errors'
import { quoted, quotedValue, withCutQuotations } from './quoted'

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

it('is what an error does with every quotation of its message, except of a path', () => {
  const long = 'x'.repeat(5000)
  const { message } = new AppError('invalid-input', `Expected "a" at "${long}", received "${long}\\"${long}".`)
  expect(message).toBe(`Expected "a" at "${'x'.repeat(100)}…", received "${'x'.repeat(100)}…".`)
  const place = `/${long}/${long}`
  expect(withCutQuotations(`"${place}" is no folder`)).toBe(`"${place}" is no folder`)
  const already = `It reads ${quoted('\u001b'.repeat(500))}.`
  expect(withCutQuotations(already)).toBe(already)
})
