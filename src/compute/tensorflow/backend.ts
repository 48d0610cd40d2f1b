// Loads TensorFlow (tfjs-node-gpu over libtensorflow) once per process and offers the native op call that kernels build on.
// The environment that TensorFlow reads while loading is set by whoever starts the process (shared/runtime/compute-environment).
import { createRequire } from 'node:module'
import type * as TensorFlow from '@tensorflow/tfjs-node-gpu'
import { AppError } from '@shared/errors'
import { BINDING_VARIABLE } from '@shared/runtime/compute-environment'
import { DataType, type Binding, type NativeAttribute, type NativeBackend, type NativeTensor } from './binding'

export type {
  Scalar,
  Tensor,
  Tensor1D,
  Tensor2D,
  Tensor3D,
  Tensor4D,
  TensorLike,
  Variable,
  NamedTensorMap,
} from '@tensorflow/tfjs-node-gpu'
type Tensor = TensorFlow.Tensor

/**
 * tfjs-node calls two functions that Node >= 23 removed from `util`.
 * @see performance and environment notes; tfjs 4.22 is the last release.
 */
function restoreUtil(require: NodeJS.Require): void {
  const util = require('node:util') as { isNullOrUndefined?: unknown; isArray?: unknown }
  util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined
  util.isArray ??= Array.isArray
}

/**
 * Loads the binding that the engine names (engine/runtimes/active) and puts it in the place of the package's own, which tfjs-node then
 * finds loaded: the libraries of TensorFlow follow from where the binding lies.
 */
function useChosenBinding(require: NodeJS.Require): void {
  const chosen = process.env[BINDING_VARIABLE]
  if (chosen === undefined || chosen === '') return
  const own = require.resolve('@tensorflow/tfjs-node-gpu/lib/napi-v8/tfjs_binding.node')
  require(chosen)
  require.cache[own] = require.cache[require.resolve(chosen)]
}

function load(): typeof TensorFlow {
  const require = createRequire(import.meta.url)
  restoreUtil(require)
  // TensorFlow announces CPU features on stderr at every start; warnings and errors stay.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '1'
  try {
    useChosenBinding(require)
    return require('@tensorflow/tfjs-node-gpu') as typeof TensorFlow
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AppError(
      'runtime-missing',
      `TensorFlow could not be loaded: ${reason.split('\n')[0] ?? ''}`,
      'Run `npm run setup`, which fetches libtensorflow and builds the binding.',
      { cause },
    )
  }
}

/** tfjs on the native back end. @throws AppError runtime-missing while this module loads, when TensorFlow cannot be had. */
export const tf: typeof TensorFlow = load()

/** tfjs-node's back end. Its `binding` is replaced for the length of a recording, so read it at every call. */
export const backend = tf.backend() as unknown as NativeBackend

/** The binding itself, never the recording one. */
export const nativeBinding: Binding = backend.binding

export interface RuntimeVersions {
  readonly tensorflow: string
  readonly binding: string
  readonly device: 'gpu' | 'cpu'
}

export function runtimeVersions(): RuntimeVersions {
  return {
    tensorflow: nativeBinding.TF_Version,
    binding: `tfjs-node-gpu ${tf.version['tfjs-node']}`,
    device: nativeBinding.isUsingGpuDevice() ? 'gpu' : 'cpu',
  }
}

/** One attribute of a native op without its name; made by the functions below. */
export type AttributeValue = Pick<NativeAttribute, 'type' | 'value'>
export type Attributes = Readonly<Record<string, AttributeValue>>

export const integer = (value: number | readonly number[]): AttributeValue => ({
  type: nativeBinding.TF_ATTR_INT,
  value,
})
export const float = (value: number): AttributeValue => ({ type: nativeBinding.TF_ATTR_FLOAT, value })
export const flag = (value: boolean): AttributeValue => ({ type: nativeBinding.TF_ATTR_BOOL, value })
export const text = (value: string): AttributeValue => ({ type: nativeBinding.TF_ATTR_STRING, value })
export const dataType = (value: number): AttributeValue => ({ type: nativeBinding.TF_ATTR_TYPE, value })
export const shapeOf = (value: readonly number[]): AttributeValue => ({ type: nativeBinding.TF_ATTR_SHAPE, value })

export function nativeAttributes(attributes: Attributes): NativeAttribute[] {
  return Object.entries(attributes).map(([name, { type, value }]) => ({ name, type, value }))
}

/** Native handle of a tensor; hands values that tfjs still holds over to TensorFlow first. */
export function nativeId(tensor: { readonly dataId: object }): number {
  const entry = backend.tensorMap.get(tensor.dataId)
  if (entry.values !== null) {
    entry.id = backend.binding.createTensor(entry.shape, entry.dtype, entry.values)
    entry.values = null
  }
  return entry.id
}

/** The type TensorFlow knows a tensor by: tfjs calls uint8 and int64 `int32`, half precision `float32`. */
export const nativeType = (tensor: { readonly dataId: object }): number => backend.tensorMap.get(tensor.dataId).dtype

const TFJS_TYPES: Readonly<Record<number, 'float32' | 'int32' | 'bool'>> = {
  [DataType.float32]: 'float32',
  [DataType.int32]: 'int32',
  [DataType.uint8]: 'int32',
  [DataType.bool]: 'bool',
  [DataType.float16]: 'float32',
  [DataType.bfloat16]: 'float32',
}

/** A tfjs tensor around a native handle, which it owns from here on. The caller disposes it (or its tidy does). */
export function adopt({ id, shape, dtype }: NativeTensor): Tensor {
  const type = TFJS_TYPES[dtype]
  if (type === undefined) {
    throw new AppError(
      'internal',
      `A tensor must be float32, half, int32, uint8 or bool; received TensorFlow type ${dtype}.`,
    )
  }
  const dataId = {}
  backend.tensorMap.set(dataId, { shape, dtype, id, values: null, refCount: 1 })
  return tf.engine().makeTensorFromTensorInfo({ dataId, shape, dtype: type })
}

const isHalf = (type: number): boolean => type === DataType.float16 || type === DataType.bfloat16

/** The half-precision type among the tensors' types; null where all are whole. */
export function halfTypeOf(tensors: readonly { readonly dataId: object }[]): number | null {
  for (const tensor of tensors) {
    const type = nativeType(tensor)
    if (isHalf(type)) return type
  }
  return null
}

/** Ops that take float32 numbers beside half tensors by definition: the reserve of batch normalisation. */
const TAKES_FLOAT32 = /^FusedBatchNorm/

/**
 * One native call. A float32 number (rank 0) beside half-precision tensors takes their type, as a number does in NumPy
 * and JAX, so that a kernel is written once for all precisions.
 */
export function callNative(
  name: string,
  attributes: NativeAttribute[],
  inputs: readonly { readonly dataId: object; readonly shape: readonly number[] }[],
  outputs: number,
): NativeTensor[] {
  const ids = inputs.map(nativeId)
  const half = halfTypeOf(inputs)
  if (half === null || TAKES_FLOAT32.test(name)) return backend.binding.executeOp(name, attributes, ids, outputs)
  const cast = nativeAttributes({ DstT: dataType(half) })
  const made: number[] = []
  inputs.forEach((input, i) => {
    if (input.shape.length > 0 || nativeType(input) !== DataType.float32) return
    ids[i] = backend.binding.executeOp('Cast', cast, [ids[i]!], 1)[0]!.id
    made.push(ids[i])
  })
  try {
    return backend.binding.executeOp(name, attributes, ids, outputs)
  } finally {
    made.forEach((id) => backend.binding.deleteTensor(id))
  }
}

/** As many results as an op is asked for. */
type Results<N extends number, R extends Tensor[] = []> = number extends N
  ? Tensor[]
  : R['length'] extends N
    ? R
    : Results<N, [...R, Tensor]>

/**
 * Executes one native op at once; types that follow from the inputs (`T`, `Tidx`, ...) need not be given.
 * Not differentiable by itself. Results belong to the surrounding tidy, else to the caller.
 */
export function executeOp<const N extends number>(
  name: string,
  attributes: Attributes,
  inputs: readonly Tensor[],
  outputs: N,
): Results<N> {
  return callNative(name, nativeAttributes(attributes), inputs, outputs).map(adopt) as Results<N>
}

/** `executeOp` for the ops with one result. */
export function executeSingle(name: string, attributes: Attributes, inputs: readonly Tensor[]): Tensor {
  const [result] = executeOp(name, attributes, inputs, 1)
  return result
}

/**
 * A uint8 tensor (tfjs itself has none and calls it int32): resident images and labels.
 * `values` is shared with TensorFlow and must not change while the tensor lives. The caller disposes.
 */
export function uint8Tensor(values: Uint8Array, shape: readonly number[]): Tensor {
  const size = shape.reduce((product, length) => product * length, 1)
  if (values.length !== size) {
    throw new AppError(
      'invalid-input',
      `A uint8 tensor [${shape.join(', ')}] takes ${size} bytes, received ${values.length}.`,
    )
  }
  const id = backend.binding.createTensor(shape, DataType.uint8, values)
  return adopt({ id, shape: [...shape], dtype: DataType.uint8 })
}

/** `tf.tidy` for a body whose result is not made of tensors: everything made inside is freed, the result is not searched. */
export function scoped<T>(body: () => T): T {
  tf.engine().startScope()
  try {
    return body()
  } finally {
    tf.engine().endScope()
  }
}
