// The native tfjs binding as TypeScript sees it: the few calls and constants that the kernels and the recorder use.
// Described here because tfjs-node does not export its own declaration; shapes and numbers follow its binding/tfjs_binding.cc.

/** TensorFlow's `DataType` numbers (types.proto), the ones that occur here. */
export const DataType = {
  float32: 1,
  int32: 3,
  uint8: 4,
  string: 7,
  int64: 9,
  bool: 10,
  bfloat16: 14,
  float16: 19,
  resource: 20,
} as const
export type DataTypeNumber = (typeof DataType)[keyof typeof DataType]

/** What a typed array for the binding may be; int64 travels as pairs of int32, low word first. */
export type TensorValues = Float32Array | Int32Array | Uint8Array

export interface NativeTensor {
  /** Handle in the binding's table; never reused within a process. */
  readonly id: number
  readonly shape: number[]
  readonly dtype: number
}

export interface NativeAttribute {
  readonly name: string
  /** One of the binding's `TF_ATTR_*` numbers. */
  readonly type: number
  readonly value: boolean | number | string | readonly number[] | readonly boolean[]
}

export interface Binding {
  /** Shares `values` with TensorFlow until the tensor is deleted: the caller must not write to it meanwhile. */
  createTensor(shape: readonly number[], dtype: number, values: TensorValues): number
  deleteTensor(id: number): void
  /** Copies; float32, int32 and bool only (uint8 has to be cast first). */
  tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array
  executeOp(
    name: string,
    attributes: readonly NativeAttribute[],
    inputs: readonly number[],
    outputs: number,
  ): NativeTensor[]
  loadSavedModel(folder: string, tags: string): number
  deleteSavedModel(id: number): void
  /** Names are comma-separated `node:output`. */
  runSavedModel(id: number, inputs: readonly number[], inputNames: string, outputNames: string): NativeTensor[]
  getNumOfSavedModels(): number
  getNumOfTensors(): number
  isUsingGpuDevice(): boolean
  readonly TF_ATTR_STRING: number
  readonly TF_ATTR_INT: number
  readonly TF_ATTR_FLOAT: number
  readonly TF_ATTR_BOOL: number
  readonly TF_ATTR_TYPE: number
  readonly TF_ATTR_SHAPE: number
  readonly TF_Version: string
}

/** What tfjs-node keeps for a tensor: a native handle, or values not yet handed to TensorFlow. */
export interface TensorEntry {
  shape: number[]
  dtype: number
  values: TensorValues | null
  id: number
  refCount: number
}

/** What tfjs's kernels give and take. */
export interface TensorInfo {
  readonly dataId: object
  readonly shape: number[]
  readonly dtype: DataTypeName
}
export type DataTypeName = 'float32' | 'int32' | 'bool' | 'complex64' | 'string'

/** The part of tfjs-node's backend that is used here; private members of its class included, hence the own interface. */
export interface NativeBackend {
  binding: Binding
  readonly isUsingGpuDevice: boolean
  /** What every op of tfjs with one result goes through. Replaced by half.ts, as the next. */
  executeSingleOutput(name: string, attributes: NativeAttribute[], inputs: readonly TensorInfo[]): TensorInfo
  executeMultipleOutputs(
    name: string,
    attributes: NativeAttribute[],
    inputs: readonly TensorInfo[],
    outputs: number,
  ): TensorInfo[]
  /** One more tfjs tensor holds the data. */
  incRef(dataId: object): void
  readonly tensorMap: { get(dataId: object): TensorEntry; set(dataId: object, entry: TensorEntry): void }
}
