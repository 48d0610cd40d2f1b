import { mount } from '@vue/test-utils'
import { defineComponent, h } from 'vue'
import { describe, expect, it } from 'vitest'
import { createLocale } from '@/locales'
import { useFormats } from './use-formats'

function formats(): ReturnType<typeof useFormats> {
  let made: ReturnType<typeof useFormats> | undefined
  const component = defineComponent({
    setup() {
      made = useFormats()
      return () => h('i')
    },
  })
  mount(component, { global: { plugins: [createLocale()] } })
  if (made === undefined) throw new Error('set-up did not run')
  return made
}

describe('formats', () => {
  const { percent, compact, bytes, duration, range, scientific } = formats()

  it.each([
    [0.4567, '45.7 %'],
    [1, '100.0 %'],
    [null, '–'],
  ])('percent of %s is %s', (value, text) => expect(percent(value)).toBe(text))

  it.each([
    [999, '999'],
    [1000, '1.00 k'],
    [274_042, '274 k'],
    [41_000_000, '41.0 M'],
    [1_230_000_000, '1.23 G'],
    [null, '–'],
  ])('%s compact is %s', (value, text) => expect(compact(value)).toBe(text))

  it.each([
    [0, '0 B'],
    [1023, '1,023 B'],
    [1024, '1.0 KiB'],
    [170_498_071, '163 MiB'],
    [2 ** 50, '1,024 TiB'],
  ])('%s bytes are %s', (value, text) => expect(bytes(value)).toBe(text))

  it.each([
    [4.24, '4.2 s'],
    [99, '99 s'],
    [100, '2 min'],
    [3599, '60 min'],
    [12_000, '3 h 20 min'],
    [200_000, '2 d 8 h'],
  ])('%s s is %s', (value, text) => expect(duration(value)).toBe(text))

  it('gives a range one figure when both ends read the same', () => {
    expect(range({ low: 300, high: 420 })).toBe('5 min to 7 min')
    expect(range({ low: 300, high: 310 })).toBe('5 min')
    expect(range(null)).toBe('–')
  })

  it('keeps small magnitudes readable', () => expect(scientific(0.0001)).toBe('1.0e-4'))
})
