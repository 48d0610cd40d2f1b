import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { firstIssue } from './first-issue'

const schema = z.object({ stem: z.object({ width: z.number() }), depth: z.number() })
const told = (value: unknown, ...rest: [string, ((path: readonly PropertyKey[]) => string)?]) =>
  firstIssue(schema.safeParse(value).error!, ...rest)

describe('the first issue in words', () => {
  it('names its place', () => {
    expect(told({ stem: { width: 'x' }, depth: 'y' }, 'the file')).toMatch(/^stem\.width: .*number/)
    expect(told({ stem: { width: 'x' }, depth: 1 }, 'the file', ([first]) => `--${String(first)}`)).toMatch(/^--stem: /)
  })

  it('names the whole where it is of the whole', () => {
    expect(told(3, 'the file')).toMatch(/^the file: /)
  })
})
