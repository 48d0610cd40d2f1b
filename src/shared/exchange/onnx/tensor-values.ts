// Numbers of an ONNX tensor, whatever type they are stored in. Where they lie is looked at before anything is read: in the file's own
// bytes, in its lists, or in a file beside it that the caller opens.
import { elementCount } from '../../element-count'
import { halfToNumber } from '../imported/half-numbers'
import { quoted } from '../../quoted'
import { damagedModel } from './damaged-model'
import { FLOAT, type TensorProto } from './proto'

/**
 * A part of the file of weights that lies beside a model.
 * @returns undefined where there is no such file
 * @throws AppError for a place outside the model's folder, and for a file that is too short
 */
export type ExternalData = (location: string, offset: number, length: number | undefined) => Uint8Array | undefined

interface Kind {
  readonly title: string
  readonly bytes: number
  read(view: DataView, at: number): number
}

/** By TensorProto.DataType; the others (text, complex, eight-bit floats) are no weights of any layer here. */
const KINDS: ReadonlyMap<number, Kind> = new Map<number, Kind>([
  [1, { title: 'float32', bytes: 4, read: (view, at) => view.getFloat32(at, true) }],
  [2, { title: 'uint8', bytes: 1, read: (view, at) => view.getUint8(at) }],
  [3, { title: 'int8', bytes: 1, read: (view, at) => view.getInt8(at) }],
  [4, { title: 'uint16', bytes: 2, read: (view, at) => view.getUint16(at, true) }],
  [5, { title: 'int16', bytes: 2, read: (view, at) => view.getInt16(at, true) }],
  [6, { title: 'int32', bytes: 4, read: (view, at) => view.getInt32(at, true) }],
  [7, { title: 'int64', bytes: 8, read: (view, at) => Number(view.getBigInt64(at, true)) }],
  [9, { title: 'bool', bytes: 1, read: (view, at) => view.getUint8(at) }],
  [10, { title: 'float16', bytes: 2, read: (view, at) => halfToNumber(view.getUint16(at, true)) }],
  [11, { title: 'float64', bytes: 8, read: (view, at) => view.getFloat64(at, true) }],
  [12, { title: 'uint32', bytes: 4, read: (view, at) => view.getUint32(at, true) }],
  [13, { title: 'uint64', bytes: 8, read: (view, at) => Number(view.getBigUint64(at, true)) }],
  [16, { title: 'bfloat16', bytes: 2, read: (view, at) => bfloat16(view.getUint16(at, true)) }],
])

const scratch = new DataView(new ArrayBuffer(4))
/** The upper half of a float32. */
function bfloat16(bits: number): number {
  scratch.setUint32(0, bits << 16)
  return scratch.getFloat32(0)
}

const EXTERNAL = 1
const isLittleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1

const listOf = ({
  dataType,
  floatData = [],
  int32Data = [],
  int64Data = [],
  doubleData = [],
  uint64Data = [],
}: TensorProto) => {
  if (dataType === 1) return floatData
  if (dataType === 7) return int64Data
  if (dataType === 11) return doubleData
  if (dataType === 12 || dataType === 13) return uint64Data
  return int32Data
}

/** A whole number of an entry, which is text. */
function countOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined
  const value = Number(text)
  if (/^\d{1,16}$/.test(text) && Number.isSafeInteger(value)) return value
  throw damagedModel(`the place of the constant ${quoted(name)} in its file of weights is no number`)
}

function outside(tensor: TensorProto, external: ExternalData | undefined): Uint8Array | undefined {
  const entries = new Map((tensor.externalData ?? []).map(({ key, value }) => [key, value]))
  const [offset, length] = [countOf(tensor.name, entries.get('offset')), countOf(tensor.name, entries.get('length'))]
  return external?.(entries.get('location') ?? '', offset ?? 0, length)
}

/**
 * @returns undefined for a type that is none of numbers, or where the file beside the model is not there
 * @throws AppError `invalid-input` where there are more or fewer than the dimensions say
 */
export function numbersOf(tensor: TensorProto, external?: ExternalData): Float32Array | undefined {
  const { name, dims = [], dataType, rawData } = tensor
  const size = elementCount(dims)
  const kind = KINDS.get(dataType)
  if (kind === undefined) return undefined
  const bytes = tensor.dataLocation === EXTERNAL ? outside(tensor, external) : rawData
  if (bytes === undefined || (tensor.dataLocation !== EXTERNAL && bytes.length === 0)) {
    if (tensor.dataLocation === EXTERNAL) return undefined
    return fromList(tensor, kind, size)
  }
  if (bytes.length !== size * kind.bytes)
    throw damagedModel(`the constant ${quoted(name)} has ${bytes.length} bytes, ${size * kind.bytes} were expected`)
  const values = new Float32Array(size)
  if (dataType === FLOAT && isLittleEndian) {
    new Uint8Array(values.buffer).set(bytes)
    return values
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let i = 0; i < size; i++) values[i] = kind.read(view, i * kind.bytes)
  return values
}

function fromList(tensor: TensorProto, kind: Kind, size: number): Float32Array {
  const list = listOf(tensor)
  if (list.length !== size)
    throw damagedModel(
      `the constant ${quoted(tensor.name)} has ${list.length} values (${kind.title}), ${size} were expected`,
    )
  // Halves lie in the list as their bits.
  if (tensor.dataType === 10) return Float32Array.from(list, halfToNumber)
  return tensor.dataType === 16 ? Float32Array.from(list, bfloat16) : Float32Array.from(list)
}
