// Protobuf's text format, which NNP files have their networks in: `name: value` and `name { ... }`, again and again. Any message is read;
// what its fields mean is the caller's (https://protobuf.dev/reference/protobuf/textformat-spec).
import { AppError } from '../../errors'
import { quoted } from '../../quoted'

export interface TextMessage {
  /** Every value of a field, in order. */
  readonly fields: ReadonlyMap<string, readonly TextValue[]>
}
export type TextValue = string | number | TextMessage

const MAX_DEPTH = 32
/** Far above the fields of any network. */
const MAX_VALUES = 2_000_000

const refused = (reason: string): AppError =>
  new AppError('invalid-input', `This is no protobuf text: ${reason}.`, 'Save it again from the program it comes from.')

/** Comments and spaces, then a name, a number, text in quotation marks, or a sign. */
const TOKEN =
  /(?:[\s,;]+|#[^\n]*)*(?:([A-Za-z_][\w.]*)|(-?(?:inf|nan|\d[\w.+-]*|\.\d[\w.+-]*))|"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'|([:{}[\]<>]))/y

interface Open {
  readonly fields: Map<string, TextValue[]>
}

/** @throws AppError `invalid-input` with the line */
export function parseTextFormat(text: string): TextMessage {
  const root: Open = { fields: new Map() }
  const stack: Open[] = [root]
  let values = 0
  let name: string | undefined
  let isList = false
  const fail = (at: number): AppError =>
    refused(`line ${text.slice(0, at).split('\n').length}: ${quoted(text.slice(at, at + 40).trim())}`)
  const give = (value: TextValue, at: number): void => {
    if (name === undefined) throw fail(at)
    if (++values > MAX_VALUES) throw refused(`it has more than ${MAX_VALUES} values`)
    const { fields } = stack.at(-1) ?? root
    const known = fields.get(name)
    if (known === undefined) fields.set(name, [value])
    else known.push(value)
    if (!isList) name = undefined
  }
  TOKEN.lastIndex = 0
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at
    const found = TOKEN.exec(text)
    if (found === null) {
      if (/^(?:[\s,;]+|#[^\n]*)*$/.test(text.slice(at))) break
      throw fail(at)
    }
    const [, word, number, double, single, sign] = found
    if (word !== undefined && name === undefined) name = word
    else if (word !== undefined) give(word, at)
    else if (number !== undefined) give(Number(number.replace(/f$/, '')), at)
    else if (double !== undefined || single !== undefined) give(double ?? single ?? '', at)
    else if (sign === '{' || sign === '<') {
      const message: Open = { fields: new Map() }
      give(message, at)
      if (isList || stack.length >= MAX_DEPTH) throw fail(at)
      stack.push(message)
    } else if (sign === '}' || sign === '>') {
      if (stack.length === 1 || name !== undefined) throw fail(at)
      stack.pop()
    } else if (sign === '[') isList = true
    else if (sign === ']') {
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
