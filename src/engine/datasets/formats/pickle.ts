// Reads the pickles of the CIFAR archives, and only such: dictionaries, lists, numbers, strings and uint8 arrays. Nothing is
// ever called; the few names a NumPy array needs are known, every other name ends the reading.
// Source: Python's pickletools (meaning of the opcodes), NumPy's ndarray.__reduce__.
import { PickleError } from './pickle-error'
import { PickleStack, type Built, type Value } from './pickle-stack'

export { PickleError }

/** A uint8 array. */
export interface PickledArray {
  readonly shape: readonly number[]
  readonly bytes: Uint8Array
}
export type Pickled = null | boolean | number | string | Uint8Array | PickledArray | Pickled[] | Map<Pickled, Pickled>

const decoder = new TextDecoder('utf-8', { fatal: true })

/** Python 2 strings come as bytes; keys are compared as text either way. @throws PickleError */
export function readPickle(data: Uint8Array): Pickled {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  const stack = new PickleStack()
  let at = 0
  const take = (count: number): Buffer => {
    if (count < 0 || at + count > bytes.length) throw new PickleError('it ends too early')
    at += count
    return bytes.subarray(at - count, at)
  }
  const u8 = (): number => take(1)[0]!
  const u32 = (): number => take(4).readUInt32LE(0)
  const u64 = (): number => Number(take(8).readBigUInt64LE(0))
  const line = (): string => {
    const end = bytes.indexOf(0x0a, at)
    if (end < 0) throw new PickleError('it ends too early')
    const text = take(end - at).toString('latin1')
    at++
    return text
  }
  const text = (count: number): string => {
    try {
      return decoder.decode(take(count))
    } catch (cause) {
      if (cause instanceof PickleError) throw cause
      throw new PickleError('a string is not UTF-8')
    }
  }
  for (;;) {
    const opcode = String.fromCharCode(u8())
    switch (opcode) {
      case '\x80': // PROTO
        if (u8() > 5) throw new PickleError('its protocol is unknown')
        break
      case '\x95': // FRAME: only a hint for readers that buffer
        take(8)
        break
      case '(':
        stack.mark()
        break
      case '}':
        stack.push(new Map<Value, Value>())
        break
      case ']':
        stack.push([])
        break
      case ')':
        stack.push({ kind: 'tuple', items: [] })
        break
      case 'N':
        stack.push(null)
        break
      case '\x88':
        stack.push(true)
        break
      case '\x89':
        stack.push(false)
        break
      case 'K':
        stack.push(u8())
        break
      case 'M':
        stack.push(take(2).readUInt16LE(0))
        break
      case 'J':
        stack.push(take(4).readInt32LE(0))
        break
      case 'I':
        stack.push(integer(line()))
        break
      case '\x8a': // LONG1
        stack.push(long(take(u8())))
        break
      case 'U': // SHORT_BINSTRING
      case 'C': // SHORT_BINBYTES
        stack.push(take(u8()))
        break
      case 'T': // BINSTRING
      case 'B': // BINBYTES
        stack.push(take(u32()))
        break
      case '\x8e': // BINBYTES8
      case '\x96': // BYTEARRAY8
        stack.push(take(u64()))
        break
      case '\x8c': // SHORT_BINUNICODE
        stack.push(text(u8()))
        break
      case 'X': // BINUNICODE
        stack.push(text(u32()))
        break
      case '\x8d': // BINUNICODE8
        stack.push(text(u64()))
        break
      case 'q': // BINPUT
        stack.memoise(u8())
        break
      case 'r': // LONG_BINPUT
        stack.memoise(u32())
        break
      case 'p':
        stack.memoise(integer(line()))
        break
      case '\x94': // MEMOIZE
        stack.memoise(stack.memoSize)
        break
      case 'h':
        stack.recall(u8())
        break
      case 'j':
        stack.recall(u32())
        break
      case 'a':
        stack.append([stack.pop()])
        break
      case 'e':
        stack.append(stack.popToMark())
        break
      case 's': {
        const value = stack.pop()
        stack.setItems([stack.pop(), value])
        break
      }
      case 'u':
        stack.setItems(stack.popToMark())
        break
      case 't':
        stack.push({ kind: 'tuple', items: stack.popToMark() })
        break
      case '\x85':
      case '\x86':
      case '\x87':
        stack.pushTuple(opcode.charCodeAt(0) - 0x84)
        break
      case 'c': {
        const module = line()
        stack.pushName(module, line())
        break
      }
      case '\x93': {
        const name = stack.pop()
        const module = stack.pop()
        if (typeof name !== 'string' || typeof module !== 'string') throw new PickleError('a name is not text')
        stack.pushName(module, name)
        break
      }
      case 'R':
        stack.reduce()
        break
      case 'b':
        stack.build()
        break
      case '.':
        return plain(stack.result(), 0)
      default:
        throw new PickleError(
          `it holds the instruction 0x${opcode.charCodeAt(0).toString(16)}, which no CIFAR file needs`,
        )
    }
  }
}

function integer(text: string): number {
  if (!/^-?\d{1,15}$/.test(text)) throw new PickleError(`"${text.slice(0, 20)}" is not a number`)
  return Number(text)
}

function long(bytes: Buffer): number {
  if (bytes.length > 6) throw new PickleError('a number is too large')
  return bytes.length === 0 ? 0 : bytes.readIntLE(0, bytes.length)
}

/** Deeper than any data set; a pickle can hold itself. */
const MAX_DEPTH = 20

/** @throws PickleError where something is left that is no plain data */
function plain(value: Value, depth: number): Pickled {
  if (depth > MAX_DEPTH) throw new PickleError('it is nested too deeply')
  if (value instanceof Map) {
    return new Map([...value].map(([key, item]) => [plain(textKey(key), depth + 1), plain(item, depth + 1)]))
  }
  if (Array.isArray(value)) return value.map((item) => plain(item, depth + 1))
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value
  return plainBuilt(value, depth)
}

function plainBuilt(value: Built, depth: number): Pickled {
  if (value.kind === 'tuple') return value.items.map((item) => plain(item, depth + 1))
  if (value.kind === 'array' && value.bytes !== null) return { shape: value.shape, bytes: value.bytes }
  throw new PickleError(`it holds a bare ${value.kind}`)
}

function textKey(key: Value): Value {
  return key instanceof Uint8Array ? Buffer.from(key).toString('latin1') : key
}
