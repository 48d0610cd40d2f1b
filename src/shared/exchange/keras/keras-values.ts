// Arrays of a Keras model by the layer that has them, however the file names them: `conv/kernel:0` in a path of HDF5 or of tfjs, or the
// number of a variable in a .keras file, whose folders are called after classes.
import type { KerasCall } from './keras-graph'

export interface KerasArray {
  readonly shape: readonly number[]
  /** @throws AppError `invalid-input` where the file does not hold them */
  values(): Float32Array
}

export interface KerasValues {
  /**
   * @param role as Keras names it: `kernel`, `moving_mean`
   * @param at its place among the variables of the layer
   */
  find(call: KerasCall, role: string, at: number): KerasArray | undefined
}

/** By `layer/role`: files of tfjs and HDF5 files of whole models. */
export function valuesByName(arrays: Iterable<readonly [name: string, array: KerasArray]>): KerasValues {
  const exact = new Map<string, KerasArray>()
  const known = new Map<string, KerasArray | null>()
  for (const [name, array] of arrays) {
    const words = name
      .replace(/:0$/, '')
      .split('/')
      .filter((word) => word !== '')
    const role = words.at(-1) ?? ''
    exact.set(words.join('/'), array)
    for (const layer of new Set(words.slice(0, -1))) {
      const key = `${layer}/${role}`
      // A name in two models within a model says nothing by itself.
      known.set(key, known.has(key) && known.get(key) !== array ? null : array)
    }
  }
  return {
    find: ({ path }, role) => {
      const layer = path.at(-1) ?? ''
      return (
        exact.get([...path, role].join('/')) ??
        exact.get(`${layer}/${role}`) ??
        known.get(`${layer}/${role}`) ??
        undefined
      )
    },
  }
}

/** As Keras 3 calls folders: ReLU is `re_lu`, Conv2D is `conv2d`. */
export function snakeCase(className: string): string {
  return className
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
}

/** Variables by number, in folders `layers/conv2d_1/vars`, which may say which layer they are of. */
export interface VariableFolder {
  /** Without `/vars`. */
  readonly path: string
  readonly layer: string | undefined
  readonly variables: readonly (KerasArray | undefined)[]
}

export function valuesByNumber(folders: readonly VariableFolder[]): KerasValues {
  const byPath = new Map(folders.map((folder) => [folder.path, folder]))
  const byName = new Map<string, VariableFolder | null>()
  for (const folder of folders)
    if (folder.layer !== undefined) byName.set(folder.layer, byName.has(folder.layer) ? null : folder)
  return {
    find: ({ path, places }, _role, at) => {
      const named = byName.get(path.at(-1) ?? '')
      const place = places
        .map(({ className, at: n }) => `layers/${snakeCase(className)}${n === 0 ? '' : `_${n}`}`)
        .join('/')
      return (named ?? byPath.get(place))?.variables[at]
    },
  }
}

/** Of a configuration alone. */
export const NO_VALUES: KerasValues = { find: () => undefined }
