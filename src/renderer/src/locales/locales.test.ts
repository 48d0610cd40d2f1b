// Every text the sources ask for exists, and no text is left that nobody asks for.
import { describe, expect, it } from 'vitest'
import { en } from './en'
import { createLocale } from './index'

const sources = import.meta.glob<string>(['../**/*.{vue,ts}', '!../locales/**', '!../**/*.test.ts', '!../testing/**'], {
  query: '?raw',
  import: 'default',
  eager: true,
})

function leaves(node: object, prefix = ''): string[] {
  return Object.entries(node).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null ? leaves(value, `${prefix}${key}.`) : [`${prefix}${key}`],
  )
}

const known = new Set(leaves(en))
/** Keys as written: whole ones, and patterns from templates with `${...}` for one or more parts. */
const text = Object.values(sources).join('\n')
const asked = new Set(
  [...text.matchAll(/['"`]([a-zA-Z]+(?:\.(?:[\w-]|\$\{[^}]+\})+)+)['"`]/g)].map((match) => match[1] ?? ''),
)
const direct = new Set([...text.matchAll(/\bt\(\s*['"]([^'"]+)['"]/g)].map((match) => match[1] ?? ''))
const roots = new Set(Object.keys(en))
const isOurs = (key: string): boolean => roots.has(key.split('.')[0] ?? '')
const pattern = (key: string): RegExp =>
  new RegExp(
    `^${key
      .replace(/\$\{[^}]+\}/g, '@')
      .replace(/[.]/g, '\\.')
      .replace(/@/g, '[\\w.:-]+')}$`,
  )

describe('texts', () => {
  it('are found in the sources at all', () => {
    expect(direct.size).toBeGreaterThan(200)
  })

  it('exist for every key that is asked for by name', () => {
    expect([...direct].filter((key) => !known.has(key))).toEqual([])
  })

  it('exist for every pattern with a variable part', () => {
    const missing = [...asked]
      .filter((key) => key.includes('$') && isOurs(key))
      .filter((key) => ![...known].some((one) => pattern(key).test(one)))
    expect(missing).toEqual([])
  })

  it('are all used', () => {
    const patterns = [...asked].filter(isOurs).map(pattern)
    const unused = [...known].filter((key) => !patterns.some((one) => one.test(key)))
    expect(unused).toEqual([])
  })

  it('compile without evaluating code, as the script policy demands', () => {
    const { t } = createLocale().global
    const original = globalThis.Function
    globalThis.Function = (() => {
      throw new Error('code was evaluated')
    }) as unknown as FunctionConstructor
    try {
      expect(t('frame.failures', 3)).toBe('3 failures')
      expect(t('frame.failures', 0)).toBe('No failures')
    } finally {
      globalThis.Function = original
    }
  })
})
