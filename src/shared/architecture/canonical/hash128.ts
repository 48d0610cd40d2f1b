// A 128-bit non-cryptographic hash over 32-bit words: MurmurHash3 x86_128 (Austin Appleby, public domain, 2011) with seed
// 0, written for a stream of words. Pure TypeScript because shared code has no node:crypto; collisions by accident are
// out of reach (2^64 items for an even chance), collisions on purpose are not a threat here.

const C1 = 0x239b961b
const C2 = 0xab0e9789
const C3 = 0x38b34ae5
const C4 = 0xa1e38b93

export class Hash128 {
  #a = 0
  #b = 0
  #c = 0
  #d = 0
  #words = 0
  readonly #block = new Uint32Array(4)

  /** Takes in one 32-bit word. */
  word(value: number): this {
    this.#block[this.#words++ & 3] = value
    if ((this.#words & 3) === 0) this.#mixBlock()
    return this
  }

  /** Takes in the length and the UTF-16 code units of a text, two to a word. */
  text(value: string): this {
    this.word(value.length)
    for (let i = 0; i < value.length; i += 2) this.word(value.charCodeAt(i) | (value.charCodeAt(i + 1) << 16))
    return this
  }

  /** Takes in four words of `source` from `offset`: another hash. */
  hash(source: Uint32Array, offset: number): this {
    for (let i = 0; i < 4; i++) this.word(source[offset + i]!)
    return this
  }

  /** Writes the four words of the result to `target` at `offset`; the hash is used up. */
  finish(target: Uint32Array, offset: number): void {
    const length = this.#words * 4
    this.#mixTail()
    let a = this.#a ^ length
    let b = this.#b ^ length
    let c = this.#c ^ length
    let d = this.#d ^ length
    a = (a + b + c + d) | 0
    b = (b + a) | 0
    c = (c + a) | 0
    d = (d + a) | 0
    a = finalMix(a)
    b = finalMix(b)
    c = finalMix(c)
    d = finalMix(d)
    a = (a + b + c + d) | 0
    target[offset] = a
    target[offset + 1] = b + a
    target[offset + 2] = c + a
    target[offset + 3] = d + a
  }

  #mixBlock(): void {
    const [k1 = 0, k2 = 0, k3 = 0, k4 = 0] = this.#block
    this.#a ^= scramble(k1, C1, 15, C2)
    this.#a = (Math.imul((rotate(this.#a, 19) + this.#b) | 0, 5) + 0x561ccd1b) | 0
    this.#b ^= scramble(k2, C2, 16, C3)
    this.#b = (Math.imul((rotate(this.#b, 17) + this.#c) | 0, 5) + 0x0bcaa747) | 0
    this.#c ^= scramble(k3, C3, 17, C4)
    this.#c = (Math.imul((rotate(this.#c, 15) + this.#d) | 0, 5) + 0x96cd1c35) | 0
    this.#d ^= scramble(k4, C4, 18, C1)
    this.#d = (Math.imul((rotate(this.#d, 13) + this.#a) | 0, 5) + 0x32ac3b17) | 0
  }

  #mixTail(): void {
    const left = this.#words & 3
    if (left > 2) this.#c ^= scramble(this.#block[2]!, C3, 17, C4)
    if (left > 1) this.#b ^= scramble(this.#block[1]!, C2, 16, C3)
    if (left > 0) this.#a ^= scramble(this.#block[0]!, C1, 15, C2)
  }
}

/** Of a text, as 32 hexadecimal digits; a text that is such a hash already stays what it is. */
export function hashText(text: string): string {
  if (/^[0-9a-f]{32}$/.test(text)) return text
  const words = new Uint32Array(4)
  new Hash128().text(text).finish(words, 0)
  return hexOf(words, 0)
}

/** Four words as 32 hexadecimal digits. */
export function hexOf(words: Uint32Array, offset: number): string {
  let text = ''
  for (let i = 0; i < 4; i++) text += words[offset + i]!.toString(16).padStart(8, '0')
  return text
}

function scramble(word: number, first: number, turn: number, second: number): number {
  return Math.imul(rotate(Math.imul(word, first), turn), second)
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by))
}

function finalMix(word: number): number {
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b)
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35)
  return word ^ (word >>> 16)
}
