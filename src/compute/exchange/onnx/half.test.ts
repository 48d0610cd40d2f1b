// Halves against the definition of IEEE 754: a sign, five bits of exponent, ten of fraction.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { halfBits, halves } from './half'

/** The number that the bits of a half stand for. */
function valueOf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >>> 10) & 31
  const fraction = bits & 1023
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25))
}

describe('a half', () => {
  it('is itself, all 65,536 of them', () => {
    for (let bits = 0; bits < 65536; bits++) {
      const value = valueOf(bits)
      if (Number.isNaN(value)) expect(valueOf(halfBits(value))).toBeNaN()
      else expect(halfBits(value)).toBe(bits)
    }
  })

  it('is the nearest one, the even one of two', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, min: -65500, max: 65500 }), (value) => {
        const bits = halfBits(value)
        const distance = Math.abs(valueOf(bits) - value)
        for (const other of [bits - 1, bits + 1]) {
          if ((other & 0x8000) !== (bits & 0x8000) || other < 0) continue
          const away = Math.abs(valueOf(other) - value)
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
