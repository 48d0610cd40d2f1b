// float32 to IEEE 754 half precision, rounded to the nearest, ties to even. Pure arithmetic.
import { AppError } from '@shared/errors'

/** Largest finite half. */
const LARGEST_HALF = 65504

const asFloat = new Float32Array(1)
const asBits = new Uint32Array(asFloat.buffer)

/** Bits of the nearest half; infinite beyond what a half can hold. */
export function halfBits(value: number): number {
  asFloat[0] = value
  const bits = asBits[0]!
  const sign = (bits >>> 16) & 0x8000
  const magnitude = bits & 0x7fffffff
  // Not a number stays none; from 65520 on everything rounds to infinity.
  if (magnitude > 0x7f800000) return sign | 0x7e00
  if (magnitude >= 0x477ff000) return sign | 0x7c00
  if (magnitude < 0x38800000) {
    // Below the smallest normal half: steps of 2^-24.
    asBits[0] = magnitude
    const steps = asFloat[0] * 2 ** 24
    const whole = Math.floor(steps)
    const rest = steps - whole
    return sign | (rest > 0.5 || (rest === 0.5 && whole % 2 === 1) ? whole + 1 : whole)
  }
  // The exponent's bias moves from 127 to 15; thirteen bits go. A carry into the exponent is right as it is.
  const rebased = magnitude - ((127 - 15) << 23)
  return sign | ((rebased + 0xfff + ((rebased >>> 13) & 1)) >>> 13)
}

export { halfToNumber as halfValue } from '@shared/exchange/imported/half-numbers'

/**
 * @param what names the values in the error
 * @throws AppError `invalid-input` for a finite value that a half cannot hold
 */
export function halves(values: Float32Array, what: string): Uint16Array {
  return Uint16Array.from(values, (value) => {
    if (Number.isFinite(value) && Math.abs(value) > LARGEST_HALF)
      throw new AppError(
        'invalid-input',
        `${what} holds ${value}, and float16 ends at ${LARGEST_HALF}.`,
        'Export with precision float32.',
      )
    return halfBits(value)
  })
}
