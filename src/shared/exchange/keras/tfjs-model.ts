// model.json of a tfjs layers model: its topology, and the weights that lie in the shards beside it. Who opens the shards is the caller.
import { AppError } from '../../errors'
import { elementCount } from '../../element-count'
import { quoted } from '../../quoted'
import { halfToNumber } from '../imported/half-numbers'
import { field, listAt, numberAt, textAt } from '../imported/json'
import type { KerasArray } from './keras-values'

/** The bytes of the shards of one group, one behind the other. @throws AppError for a name that leads elsewhere, and for missing files */
export type Shards = (paths: readonly string[]) => Uint8Array

/** Bytes of one value, and how they are a number. */
const TYPES: Readonly<Record<string, readonly [number, (view: DataView, at: number) => number]>> = {
  float32: [4, (view, at) => view.getFloat32(at, true)],
  int32: [4, (view, at) => view.getInt32(at, true)],
  float16: [2, (view, at) => halfToNumber(view.getUint16(at, true))],
  uint16: [2, (view, at) => view.getUint16(at, true)],
  uint8: [1, (view, at) => view.getUint8(at)],
  bool: [1, (view, at) => view.getUint8(at)],
}

const refused = (reason: string): AppError =>
  new AppError('invalid-input', `This is no tfjs layers model: ${reason}.`, 'Export it again.')

/** The model's configuration, wherever the writer has put it. @throws AppError `invalid-input`, also for a graph model */
export function tfjsTopology(json: unknown): unknown {
  if (textAt(json, 'format') === 'graph-model')
    throw new AppError(
      'invalid-input',
      'This is a tfjs graph model: its operators are those of TensorFlow, and only layers models are read.',
      'Convert the model it was made of as a layers model, or as ONNX.',
    )
  const topology = field(json, 'modelTopology')
  const model = field(topology, 'model_config') ?? topology
  if (model === undefined) throw refused('it has no topology')
  return model
}

interface Entry {
  readonly name: string
  readonly shape: readonly number[]
  readonly type: string
  readonly scale: number
  readonly least: number
}

function entryOf(json: unknown): Entry {
  const name = textAt(json, 'name') ?? ''
  const quantization = field(json, 'quantization')
  const shape = listAt(json, 'shape').map(Number)
  const type = textAt(quantization, 'dtype') ?? textAt(json, 'dtype') ?? ''
  if (!shape.every((side) => Number.isSafeInteger(side) && side >= 0) || !Object.hasOwn(TYPES, type))
    throw refused(`its weight ${quoted(name)} is ${quoted(type)} of [${shape.slice(0, 8).join(', ')}]`)
  return { name, shape, type, scale: numberAt(quantization, 'scale') ?? 1, least: numberAt(quantization, 'min') ?? 0 }
}

/**
 * Every weight by its name; the shards are read when the first value of a group is wanted.
 * @throws AppError `invalid-input`; of the values, also what opening the shards throws
 */
export function tfjsArrays(json: unknown, shards: Shards): (readonly [string, KerasArray])[] {
  return listAt(json, 'weightsManifest').flatMap((group) => {
    const paths = listAt(group, 'paths').map(String)
    let bytes: Uint8Array | undefined
    const all = (): Uint8Array => (bytes ??= shards(paths))
    let start = 0
    return listAt(group, 'weights').map((each): readonly [string, KerasArray] => {
      const entry = entryOf(each)
      const at = start
      start += elementCount(entry.shape) * (TYPES[entry.type]?.[0] ?? 0)
      if (!Number.isSafeInteger(start)) throw refused(`its weight ${quoted(entry.name)} is larger than any`)
      return [entry.name, { shape: entry.shape, values: () => valuesOf(all(), at, entry) }]
    })
  })
}

function valuesOf(bytes: Uint8Array, at: number, { name, shape, type, scale, least }: Entry): Float32Array {
  const [size, read] = TYPES[type] ?? [0, () => 0]
  const count = elementCount(shape)
  if (at + count * size > bytes.length)
    throw refused(`its weights end after ${bytes.length} bytes, and ${quoted(name)} should end at ${at + count * size}`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const values = new Float32Array(count)
  for (let i = 0; i < count; i++) values[i] = read(view, at + i * size) * scale + least
  return values
}
