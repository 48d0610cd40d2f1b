// Numbers in preset `workbench`: digits of base 64, and `over` between the two parts of a fraction. Lossless: a fraction is
// the simplest one whose quotient is exactly the number.
import { AppError } from '../../errors'
import { NUMBER_BASE, numberToken } from './generate-vocabulary'
import { describeWorkbenchToken, tokenId } from './vocabulary'

const DIGITS: readonly number[] = Array.from({ length: NUMBER_BASE }, (_, digit) => tokenId(numberToken(digit)))
const digitOf: ReadonlyMap<number, number> = new Map(DIGITS.map((token, digit) => [token, digit]))
const OVER = tokenId('over')

/** More terms than any double needs (Lame: Fibonacci quotients are the longest). */
const MAX_TERMS = 80

/**
 * The simplest `[p, q]` with p / q === value, by continued fractions.
 * @throws RangeError for a negative number, one that is not finite, or one that only numbers beyond 2^53 can give
 */
export function fractionOf(value: number): readonly [number, number] {
  if (!(value >= 0) || !Number.isFinite(value))
    throw new RangeError(`a number of the language is finite and not negative, received ${value}`)
  let [p0, q0, p1, q1] = [0, 1, 1, 0]
  let rest = value
  for (let i = 0; i < MAX_TERMS; i++) {
    const term = Math.floor(rest)
    ;[p0, q0, p1, q1] = [p1, q1, term * p1 + p0, term * q1 + q0]
    if (!Number.isSafeInteger(p1) || !Number.isSafeInteger(q1)) break
    if (p1 / q1 === value) return [p1, q1]
    rest = 1 / (rest - term)
  }
  throw new RangeError(`${value} is no ratio of whole numbers below 2^53`)
}

function digits(value: number): number[] {
  const tokens = [DIGITS[value % NUMBER_BASE]!]
  for (let rest = Math.floor(value / NUMBER_BASE); rest > 0; rest = Math.floor(rest / NUMBER_BASE))
    tokens.unshift(DIGITS[rest % NUMBER_BASE]!)
  return tokens
}

/** @throws RangeError as `fractionOf` */
export function encodeRatio([p, q]: readonly [number, number]): number[] {
  return q === 1 ? digits(p) : [...digits(p), OVER, ...digits(q)]
}

/** Reads tokens one after the other; every error names the token. */
export class TokenReader {
  readonly #tokens: readonly number[]
  #at = 0

  constructor(tokens: readonly number[]) {
    this.#tokens = tokens
  }

  get isAtEnd(): boolean {
    return this.#at === this.#tokens.length
  }

  /** The text of the next token, which stays; empty at the end. */
  peek(): string {
    return this.isAtEnd ? '' : describeWorkbenchToken(this.#tokens[this.#at]!)
  }

  /** The rest of the next token's text behind `prefix`. @throws AppError when it does not start with it. */
  take(prefix: string): string {
    const text = this.peek()
    if (!text.startsWith(prefix)) throw this.misfit(`"${prefix.trim()}"`)
    this.#at++
    return text.slice(prefix.length)
  }

  /** Digits, and those behind `over` where it follows. @throws AppError where there are none */
  ratio(): readonly [number, number] {
    const p = this.#whole()
    if (this.isAtEnd || this.#tokens[this.#at] !== OVER) return [p, 1]
    this.#at++
    const q = this.#whole()
    if (q === 0) throw this.misfit('a number above 0')
    return [p, q]
  }

  misfit(expected: string): AppError {
    const found = this.isAtEnd ? 'the end' : `"${this.peek()}"`
    return new AppError('invalid-input', `Token ${this.#at}: expected ${expected}, received ${found}.`)
  }

  #whole(): number {
    let value: number | undefined
    for (; !this.isAtEnd; this.#at++) {
      const digit = digitOf.get(this.#tokens[this.#at]!)
      if (digit === undefined) break
      value = (value ?? 0) * NUMBER_BASE + digit
    }
    if (value === undefined || !Number.isSafeInteger(value)) throw this.misfit('a number')
    return value
  }
}
