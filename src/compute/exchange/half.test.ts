// Halves against the definition of IEEE 754: a sign, five bits of exponent, ten of fraction.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { halfBits, halfValue, halves } from './half'

describe('a half', () => {
  it('is itself, all 65,536 of them', () => {
    // One, the largest, the smallest and the smallest normal half, as IEEE 754 gives them.
    expect([0x3c00, 0x7bff, 0x0001, 0x8400].map(halfValue)).toEqual([1, 65504, 2 ** -24, -(2 ** -14)])
    for (let bits = 0; bits < 65536; bits++) {
      const value = halfValue(bits)
      if (Number.isNaN(value)) expect(halfValue(halfBits(value))).toBeNaN()
      else expect(halfBits(value)).toBe(bits)
    }
  })

  it('is the nearest one, the even one of two', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, min: -65500, max: 65500 }), (value) => {
        const bits = halfBits(value)
        const distance = Math.abs(halfValue(bits) - value)
        for (const other of [bits - 1, bits + 1]) {
          if ((other & 0x8000) !== (bits & 0x8000) || other < 0) continue
          const away = Math.abs(halfValue(other) - value)
          expect(distance).toBeLessThanOrEqual(away)
          if (distance === away) expect(bits % 2).toBe(0)
        }
      }),
      { numRuns: 5000, seed: 5 },
    )
  })

  it('does not hold what is larger than 65504', () => {
    expect([...halves(Float32Array.of(65504, -65504, Infinity), 'x')]).toEqual([0x7bff, 0xfbff, 0x7c00])
    expect(() => halves(Float32Array.of(65505), 'the weights')).toThrow(/the weights holds 65505/)
  })
})
