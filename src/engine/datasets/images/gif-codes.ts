// Whether the codes of a GIF's image (LZW of variable length, GIF89a, appendix F) can be decoded: the decoder follows a code that was
// never defined in a circle, without end.

/** Codes have 12 bits at most; then the table is full. */
const MOST_CODES = 4096
const MOST_BITS = 12

/** @param at of the byte with the smallest code size  @returns true also where the codes end early, which shows in the pixels */
export function areCodesDefined(bytes: Uint8Array, at: number): boolean {
  const least = bytes[at] ?? MOST_BITS
  if (least >= MOST_BITS) return false
  const clear = 1 << least
  let [next, bits, hasBefore] = [clear + 2, least + 1, false]
  let [held, count, place] = [0, 0, at + 2]
  let left = bytes[at + 1] ?? 0
  for (;;) {
    while (count < bits && left > 0) {
      held |= (bytes[place++] ?? 0) << count
      count += 8
      left -= 1
      if (left === 0) left = bytes[place++] ?? 0
    }
    if (count < bits) return true
    const code = held & ((1 << bits) - 1)
    held >>>= bits
    count -= bits
    if (code === clear + 1) return true
    if (code === clear) {
      ;[next, bits, hasBefore] = [clear + 2, least + 1, false]
      continue
    }
    // The next one may be used while it is being defined.
    if (code > next || (code === next && !hasBefore)) return false
    // Codes grow when one is defined, as in the decoder: with a smallest size of 0 or 1 the first code stands below that already.
    if (hasBefore && next < MOST_CODES) {
      next += 1
      if (next >= 1 << bits && bits < MOST_BITS) bits += 1
    }
    hasBefore = true
  }
}
