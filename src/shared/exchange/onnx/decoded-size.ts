// What a message of protobuf takes in memory once it is decoded, estimated from its bytes before anything is made of them: two bytes can stand
// for an object of hundreds. Bytes of weights are passed over.
import type { ProtobufPart, ProtobufSchema } from '../../protobuf'

/** Bytes in V8: objects with the lists that a message of this schema has, 64-bit numbers before they become plain ones, slots of lists. */
const MESSAGE = 500
const TEXT = 64
const LONG = 64
const NUMBER = 16

const LONGS: ReadonlySet<string> = new Set(['int64', 'uint64', 'sint64', 'fixed64', 'sfixed64'])
/** Bytes that a packed number takes at least. */
const PACKED: Readonly<Record<string, number>> = {
  float: 4,
  fixed32: 4,
  sfixed32: 4,
  double: 8,
  fixed64: 8,
  sfixed64: 8,
}

type Fields = ReadonlyMap<number, string>

const fieldsOf = ({ fields = {} }: ProtobufPart): Fields =>
  new Map(Object.values(fields).map(({ id, type }) => [id, type]))

/**
 * @param name of the outermost message
 * @param most where it is more, the answer is no longer exact
 * @returns an estimate in bytes; of bytes that are no message, of what comes before the place where they stop being one
 */
export function decodedSize(schema: ProtobufSchema, name: string, bytes: Uint8Array, most: number): number {
  const types = new Map(Object.entries(schema.nested).map(([type, part]) => [type, fieldsOf(part)]))
  let size = 0
  let at = 0
  /** NaN where there is none. */
  const varint = (end: number): number => {
    let value = 0
    for (let factor = 1; at < end && factor < 2 ** 63; factor *= 128) {
      const byte = bytes[at++] ?? 0
      value += (byte & 0x7f) * factor
      if (byte < 128) return value
    }
    return NaN
  }
  const lengthOf = (type: string, length: number): number => {
    if (type === 'string') return TEXT + 2 * length
    if (type === 'bytes') return TEXT
    return Math.ceil(length / (PACKED[type] ?? 1)) * (LONGS.has(type) ? LONG : NUMBER)
  }
  /** @returns false where the bytes are no message */
  const walk = (end: number, known: Fields): boolean => {
    while (at < end) {
      if (size > most) return false
      const tag = varint(end)
      if (Number.isNaN(tag)) return false
      const [wire, type] = [tag % 8, known.get(Math.floor(tag / 8))]
      if (wire === 0) {
        if (Number.isNaN(varint(end))) return false
        size += type === undefined ? 0 : LONG
      } else if (wire === 1 || wire === 5) {
        at += wire === 1 ? 8 : 4
        size += type === undefined ? 0 : NUMBER
      } else if (wire === 2) {
        const length = varint(end)
        if (!(length <= end - at)) return false
        const next = at + length
        const below = type === undefined ? undefined : types.get(type)
        if (below !== undefined) {
          size += MESSAGE
          if (!walk(next, below)) return false
        } else if (type !== undefined) size += lengthOf(type, length)
        at = next
      } else return false
    }
    return true
  }
  walk(bytes.length, types.get(name) ?? new Map<number, string>())
  return size
}
