// The stack and memo of the pickle reader, and what the known names become when a pickle "calls" them: descriptions of uint8
// arrays. No code of the pickle's choosing runs.
import { PickleError } from './pickle-error'

/** Things on the stack that are no plain data yet. */
export type Built =
  | { readonly kind: 'tuple'; readonly items: readonly Value[] }
  | { readonly kind: 'name'; readonly name: KnownName }
  | { readonly kind: 'dtype'; readonly code: string }
  | { readonly kind: 'array'; shape: number[]; bytes: Uint8Array | null }
export type Value = null | boolean | number | string | Uint8Array | Value[] | Map<Value, Value> | Built

/** NumPy moved its modules in version 2; the old names stay in old files. */
const KNOWN_NAMES = {
  'numpy.core.multiarray._reconstruct': 'reconstruct',
  'numpy._core.multiarray._reconstruct': 'reconstruct',
  'numpy.core.numeric._frombuffer': 'frombuffer',
  'numpy._core.numeric._frombuffer': 'frombuffer',
  'numpy.ndarray': 'ndarray',
  'numpy.dtype': 'dtype',
  '_codecs.encode': 'encode',
} as const
type KnownName = (typeof KNOWN_NAMES)[keyof typeof KNOWN_NAMES]

export class PickleStack {
  private readonly items: Value[] = []
  private readonly marks: number[] = []
  private readonly memo = new Map<number, Value>()

  get memoSize(): number {
    return this.memo.size
  }

  push(value: Value): void {
    this.items.push(value)
  }

  pop(): Value {
    if (this.items.length <= (this.marks.at(-1) ?? 0)) throw new PickleError('its stack runs empty')
    return this.items.pop() as Value
  }

  private top(): Value {
    const value = this.pop()
    this.items.push(value)
    return value
  }

  mark(): void {
    this.marks.push(this.items.length)
  }

  popToMark(): Value[] {
    const mark = this.marks.pop()
    if (mark === undefined) throw new PickleError('a mark is missing')
    return this.items.splice(mark)
  }

  memoise(index: number): void {
    this.memo.set(index, this.top())
  }

  recall(index: number): void {
    const value = this.memo.get(index)
    if (value === undefined) throw new PickleError('it refers to what it does not hold')
    this.push(value)
  }

  append(values: readonly Value[]): void {
    const list = this.top()
    if (!Array.isArray(list)) throw new PickleError('it appends to what is no list')
    for (const value of values) list.push(value)
  }

  setItems(pairs: readonly Value[]): void {
    const map = this.top()
    if (!(map instanceof Map) || pairs.length % 2 !== 0) throw new PickleError('it sets a key of what is no dictionary')
    for (let index = 0; index < pairs.length; index += 2) map.set(pairs[index]!, pairs[index + 1]!)
  }

  pushTuple(count: number): void {
    const items = Array.from({ length: count }, () => this.pop()).reverse()
    this.push({ kind: 'tuple', items })
  }

  pushName(module: string, name: string): void {
    const full = `${module}.${name}`
    if (!Object.prototype.hasOwnProperty.call(KNOWN_NAMES, full)) {
      throw new PickleError(`it asks for ${JSON.stringify(full.slice(0, 80))}, which is no part of an array`)
    }
    this.push({ kind: 'name', name: KNOWN_NAMES[full as keyof typeof KNOWN_NAMES] })
  }

  /** A name applied to a tuple. */
  reduce(): void {
    const values = itemsOf(this.pop())
    const name = this.pop()
    if (!isBuilt(name, 'name')) throw new PickleError('it calls what is no name')
    switch (name.name) {
      case 'dtype':
        this.push({ kind: 'dtype', code: asText(values[0]) })
        break
      case 'reconstruct':
        this.push({ kind: 'array', shape: [], bytes: null })
        break
      case 'frombuffer':
        this.push(arrayOf(values[0], values[1], values[2], values[3]))
        break
      case 'encode':
        // Protocols below 3 write bytes as latin-1 text and this call.
        if (asText(values[1]) !== 'latin1') throw new PickleError('it encodes with something else than latin1')
        this.push(Buffer.from(asText(values[0]), 'latin1'))
        break
      case 'ndarray':
        throw new PickleError('it makes an array in an unknown way')
    }
  }

  /** `__setstate__`: of a dtype (byte order and such, nothing for uint8) or of an array (version, shape, dtype, order, bytes). */
  build(): void {
    const state = this.pop()
    const target = this.top()
    if (isBuilt(target, 'dtype')) return
    if (!isBuilt(target, 'array')) throw new PickleError('it sets the state of what is no array')
    const [, shape, dtype, isFortran, bytes] = itemsOf(state)
    const { shape: sizes, bytes: content } = arrayOf(bytes, dtype, shape, isFortran === true ? 'F' : 'C')
    target.shape = sizes
    target.bytes = content
  }

  /** What is left at the end. */
  result(): Value {
    return this.pop()
  }
}

function arrayOf(
  bytes: Value | undefined,
  dtype: Value | undefined,
  shape: Value | undefined,
  order: Value | undefined,
): { kind: 'array'; shape: number[]; bytes: Uint8Array } {
  if (dtype === undefined || !isBuilt(dtype, 'dtype') || !/^[|<>=]?u1$/.test(dtype.code)) {
    throw new PickleError('it holds an array that is not uint8')
  }
  const sizes = itemsOf(shape).map((size) => (typeof size === 'number' && size >= 0 ? size : NaN))
  const isFlat = sizes.filter((size) => size > 1).length < 2
  if (order === 'F' && !isFlat) throw new PickleError('it holds an array in column order')
  if (!(bytes instanceof Uint8Array) || bytes.length !== sizes.reduce((product, size) => product * size, 1)) {
    throw new PickleError(`an array of ${sizes.join(' x ')} does not have as many bytes`)
  }
  return { kind: 'array', shape: sizes, bytes }
}

function isBuilt<K extends Built['kind']>(value: Value, kind: K): value is Extract<Built, { kind: K }> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !(value instanceof Uint8Array) &&
    !Array.isArray(value) &&
    !(value instanceof Map) &&
    value.kind === kind
  )
}

function itemsOf(value: Value | undefined): readonly Value[] {
  if (value !== undefined && isBuilt(value, 'tuple')) return value.items
  throw new PickleError('a tuple is missing')
}

function asText(value: Value | undefined): string {
  if (typeof value === 'string') return value
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1')
  throw new PickleError('a text is missing')
}
