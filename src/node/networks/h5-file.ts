// Arrays and attributes of an HDF5 file, read by the HDF5 library itself (h5wasm) from a copy in its own memory: what a damaged file does
// to it ends there.
import type * as H5wasm from 'h5wasm'
import { AppError } from '@shared/errors'
import { elementCount } from '@shared/element-count'
import { quoted } from '@shared/quoted'
import { mostUnpacked } from './wanted-entries'
import type { KerasArray } from '@shared/exchange/keras/keras-values'

/** More than any network has. */
const MAX_ENTRIES = 100_000
const MAX_DEPTH = 32

export interface H5Array extends KerasArray {
  /** `model_weights/conv/conv/kernel:0`, without a slash before it. */
  readonly path: string
}

export interface H5File {
  readonly arrays: readonly H5Array[]
  /** Of the root. */
  attribute(name: 'model_config' | 'keras_version'): string | undefined
  /** The attribute `name` of groups, by their path. */
  readonly groupNames: ReadonlyMap<string, string>
}

const damaged = (what: string, cause?: unknown): AppError =>
  new AppError(
    'invalid-input',
    `This HDF5 file cannot be read: ${what}.`,
    'Save it again from the program it comes from.',
    {
      cause,
    },
  )

let files = 0

/**
 * Everything but what a training keeps for itself.
 * @throws AppError `invalid-input` for what is no HDF5 file, or a damaged one
 */
export async function readH5(bytes: Uint8Array): Promise<H5File> {
  // Four megabytes with the library in it: only for who reads such a file.
  const h5wasm = await import('h5wasm')
  const { FS, activate_throwing_error_handler: throwErrors } = await h5wasm.ready
  // It prints its errors otherwise.
  throwErrors()
  const place = `/network-${++files}.h5`
  FS.writeFile(place, bytes)
  let file: InstanceType<typeof h5wasm.File> | undefined
  try {
    file = new h5wasm.File(place, 'r')
    return contentOf(h5wasm, file, mostUnpacked(bytes.length))
  } catch (thrown) {
    if (thrown instanceof AppError) throw thrown
    throw damaged(reasonOf(thrown), thrown)
  } finally {
    closeQuietly(file)
    FS.unlink(place)
  }
}

/** A file that could not be opened as a whole cannot be closed either. */
function closeQuietly(file: { close(): unknown } | undefined): void {
  try {
    file?.close()
  } catch {
    return // its memory is given back with the process
  }
}

function reasonOf(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown)
  // "HDF5-DIAG: Error detected in ...", then what called what, each with its reason: the innermost, which comes last.
  const reasons = [...text.matchAll(/ in \w+\(\): ([^\n]+)/g)].map(([, reason = '']) => reason)
  const line = reasons.at(-1) ?? text.split('\n').find((each) => each.trim() !== '') ?? ''
  return quoted(line.trim().replace(/\.$/, '')).slice(1, -1)
}

type Library = typeof H5wasm

/** @param most bytes of values as float32, of all arrays together */
function contentOf(h5wasm: Library, file: InstanceType<Library['File']>, most: number): H5File {
  let values = 0
  const arrays: H5Array[] = []
  const groupNames = new Map<string, string>()
  let entries = 0
  const visit = (group: InstanceType<Library['Group']>, path: string, depth: number): void => {
    if (depth > MAX_DEPTH) throw damaged(`its groups nest more than ${MAX_DEPTH} deep`)
    for (const key of group.keys()) {
      if (++entries > MAX_ENTRIES) throw damaged(`it has more than ${MAX_ENTRIES} entries`)
      const name = path === '' ? key : `${path}/${key}`
      if (/^optimizer/.test(name)) continue
      const entity = group.get(key)
      if (entity instanceof h5wasm.Group) {
        const title = textOf(entity.attrs, 'name')
        if (title !== undefined) groupNames.set(name, title)
        visit(entity, name, depth + 1)
      } else if (entity instanceof h5wasm.Dataset) {
        // A file may announce more than it stores; what is not stored would be filled in.
        values += elementCount(entity.shape ?? [])
        if (!(values * 4 <= most)) throw damaged(`its arrays announce more than ${Math.floor(most / 4)} values`)
        arrays.push(arrayOf(entity, name))
      }
    }
  }
  visit(file, '', 0)
  const texts = new Map((['model_config', 'keras_version'] as const).map((name) => [name, textOf(file.attrs, name)]))
  return { arrays, groupNames, attribute: (name) => texts.get(name) }
}

function textOf(
  attributes: Readonly<Record<string, { readonly value: unknown } | undefined>>,
  name: string,
): string | undefined {
  const value = Object.hasOwn(attributes, name) ? attributes[name]?.value : undefined
  if (value instanceof Uint8Array) return new TextDecoder().decode(value)
  return typeof value === 'string' ? value : undefined
}

/** The values are copied out of the library's memory. */
function arrayOf(dataset: InstanceType<Library['Dataset']>, path: string): H5Array {
  const { dtype } = dataset
  const shape = dataset.shape ?? []
  const count = elementCount(shape)
  const isNumbers = typeof dtype === 'string' && /^[<>|]?[fdbBhHiIlLqQe]/.test(dtype)
  const value = (isNumbers ? dataset.value : null) as ArrayLike<number | bigint> | number | bigint | null
  // A number alone, as Keras stores how many images a Normalization has seen, comes as one.
  const isAlone = typeof value === 'number' || typeof value === 'bigint'
  const values = value === null ? undefined : isAlone ? Float32Array.of(Number(value)) : float32(value)
  return {
    path,
    shape,
    values: () => {
      if (values?.length === count) return values
      throw damaged(`${quoted(path)} holds no ${count} numbers`)
    },
  }
}

const float32 = (values: ArrayLike<number | bigint>): Float32Array =>
  values instanceof BigInt64Array || values instanceof BigUint64Array
    ? Float32Array.from(values, Number)
    : new Float32Array(values as ArrayLike<number>)
