// Protobuf's text format, which NNP files have their networks in: `name: value` and `name { ... }`, again and again. Any message is read;
// what its fields mean is the caller's (https://protobuf.dev/reference/protobuf/textformat-spec). Each character is looked at once.
import { AppError } from '../../errors'
import { quoted } from '../../quoted'

export interface TextMessage {
  /** Every value of a field, in order. */
  readonly fields: ReadonlyMap<string, readonly TextValue[]>
}
export type TextValue = string | number | TextMessage

const MAX_DEPTH = 32
/** A network of a thousand layers has thirty thousand. */
const MAX_VALUES = 500_000

const refused = (reason: string): AppError =>
  new AppError('invalid-input', `This is no protobuf text: ${reason}.`, 'Save it again from the program it comes from.')

interface Token {
  readonly kind: 'word' | 'number' | 'text' | 'sign'
  readonly text: string
  /** Of its first character. */
  readonly at: number
}

const isIn = (characters: string) => {
  const codes = new Set([...characters].map((character) => character.charCodeAt(0)))
  return (code: number): boolean => codes.has(code)
}
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_'
const DIGITS = '0123456789'
const isSpace = isIn(' \t\r\n\f\v,;')
const startsWord = isIn(LETTERS)
const goesOnInWord = isIn(`${LETTERS}${DIGITS}.`)
const startsNumber = isIn(`${DIGITS}.-`)
const goesOnInNumber = isIn(`${LETTERS}${DIGITS}.+-`)
const isSign = isIn(':{}[]<>')
const [HASH, LINE, QUOTE, APOSTROPHE, BACKSLASH] = [35, 10, 34, 39, 92] as const

/** @throws AppError `invalid-input` with the line of what is none */
function* tokensOf(text: string): Generator<Token> {
  let at = 0
  const whileIn = (is: (code: number) => boolean, from: number): number => {
    let end = from
    while (end < text.length && is(text.charCodeAt(end))) end++
    return end
  }
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (isSpace(code)) at = whileIn(isSpace, at)
    else if (code === HASH) at = whileIn((each) => each !== LINE, at)
    else if (startsWord(code) || startsNumber(code)) {
      const isWord = startsWord(code)
      const end = whileIn(isWord ? goesOnInWord : goesOnInNumber, at + 1)
      yield { kind: isWord ? 'word' : 'number', text: text.slice(at, end), at }
      at = end
    } else if (code === QUOTE || code === APOSTROPHE) {
      const end = endOfText(text, at + 1, code)
      if (end === undefined) throw strange(text, at)
      yield { kind: 'text', text: text.slice(at + 1, end).replace(/\\(.)/g, '$1'), at }
      at = end + 1
    } else if (isSign(code)) yield { kind: 'sign', text: text[at++] ?? '', at: at - 1 }
    else throw strange(text, at)
  }
}

/** Where the text that began with `mark` ends; undefined where its line does before. */
function endOfText(text: string, from: number, mark: number): number | undefined {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === mark) return at
    if (code === LINE) return undefined
    if (code === BACKSLASH) at++
  }
  return undefined
}

function strange(text: string, at: number): AppError {
  let line = 1
  for (let from = text.indexOf('\n'); from !== -1 && from < at; from = text.indexOf('\n', from + 1)) line++
  return refused(`line ${line}: ${quoted(text.slice(at, at + 40).trim())}`)
}

interface Open {
  readonly fields: Map<string, TextValue[]>
}

/** As protobuf writes numbers: `inf`, `1e-5`, `0.5f`. */
const numberOf = (text: string): number => Number(text.replace(/^-inf$/, '-Infinity').replace(/f$/, ''))

/** @throws AppError `invalid-input` with the line */
export function parseTextFormat(text: string): TextMessage {
  const root: Open = { fields: new Map() }
  const stack: Open[] = [root]
  let values = 0
  let name: string | undefined
  let isList = false
  const give = (value: TextValue, at: number): void => {
    if (name === undefined) throw strange(text, at)
    if (++values > MAX_VALUES) throw refused(`it has more than ${MAX_VALUES} values`)
    const { fields } = stack.at(-1) ?? root
    const known = fields.get(name)
    if (known === undefined) fields.set(name, [value])
    else known.push(value)
    if (!isList) name = undefined
  }
  for (const { kind, text: word, at } of tokensOf(text)) {
    if (kind === 'word' && name === undefined) name = word
    else if (kind === 'word' || kind === 'text') give(word, at)
    else if (kind === 'number') give(numberOf(word), at)
    else if (word === '{' || word === '<') {
      const message: Open = { fields: new Map() }
      give(message, at)
      if (isList || stack.length >= MAX_DEPTH) throw strange(text, at)
      stack.push(message)
    } else if (word === '}' || word === '>') {
      if (stack.length === 1 || name !== undefined) throw strange(text, at)
      stack.pop()
    } else if (word === '[') isList = true
    else if (word === ']') {
      isList = false
      name = undefined
    }
  }
  if (stack.length > 1 || name !== undefined) throw refused('it ends within a message')
  return root
}

export const messagesAt = ({ fields }: TextMessage, name: string): readonly TextMessage[] =>
  (fields.get(name) ?? []).filter((value): value is TextMessage => typeof value === 'object')
export const textsAt = ({ fields }: TextMessage, name: string): readonly string[] =>
  (fields.get(name) ?? []).filter((value): value is string => typeof value === 'string')
export const numbersAt = ({ fields }: TextMessage, name: string): readonly number[] =>
  (fields.get(name) ?? []).filter((value): value is number => typeof value === 'number')
