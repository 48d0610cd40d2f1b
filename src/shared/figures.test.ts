import { describe, expect, it } from 'vitest'
import { aboveLimit, figure, magnitude } from './figures'

describe('figures', () => {
  it('have three significant digits and a unit from a thousand on', () => {
    expect([0, 7, 999, 1000, 1234, 29_016_704, 3e6, 999_499, 999_999, 12.3e9, 4e12].map(figure)).toEqual([
      '0',
      '7',
      '999',
      '1.00 k',
      '1.23 k',
      '29.0 M',
      '3.00 M',
      '999 k',
      '1.00 M',
      '12.3 G',
      '4.00 T',
    ])
  })

  it('of any size have a power of ten that can be read', () => {
    expect([7, 423_624, 2.34e27].map(magnitude)).toEqual(['7', '423,624', '2.3 × 10²⁷'])
  })

  it('beside their limit are told apart', () => {
    expect(aboveLimit('parameters', 29_016_704, 3_000_000)).toBe('29.0 M parameters are above the limit of 3.00 M')
    expect(aboveLimit('parameters', 3_000_001, 3_000_000)).toBe('3000001 parameters are above the limit of 3000000')
  })
})
