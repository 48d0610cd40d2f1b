// Half precision (float16, bfloat16) under tfjs, which knows no such type: a half tensor is called float32 in JavaScript, as a
// uint8 one is called int32, and its native type says what it is. Which values are half is networks/network.ts's decision.
// Kernels are written once: TensorFlow infers types from inputs, and numbers follow the tensors beside them (backend.ts).
import {
  adopt,
  backend,
  callNative,
  dataType,
  executeSingle,
  halfTypeOf,
  nativeBinding,
  nativeType,
  type Tensor,
} from './backend'
import { DataType, type NativeAttribute } from './binding'
import { differentiable } from './kernels/native-op'

export type HalfType = 'float16' | 'bfloat16'

export const isHalf = (x: Tensor): boolean => halfTypeOf([x]) !== null

const castTo = (x: Tensor, type: number): Tensor => executeSingle('Cast', { DstT: dataType(type) }, [x])

/** Differentiable; the tensor itself where it is of the type already. */
function converted<T extends Tensor>(x: T, type: number): T {
  const from = nativeType(x)
  if (from === type) return x
  return differentiable(
    [x],
    () => ({ value: castTo(x, type) as T, saved: [] }),
    (dy) => [castTo(dy, from)],
  )
}

/** @param x float32 or half. Values beyond the type's range become infinite (float16: 65,504). */
export const toHalf = <T extends Tensor>(x: T, type: HalfType): T => converted(x, DataType[type])

/** What must not be summed or exponentiated in half (means, softmax, losses) passes here first. */
export const toFloat32 = <T extends Tensor>(x: T): T => converted(x, DataType.float32)

/** `f` of x in float32; the result is of x's type again. */
export const inFloat32 = <T extends Tensor>(x: T, f: (x: T) => Tensor): Tensor =>
  converted(f(toFloat32(x)), nativeType(x))

/** A constant in the type of what it meets. Not differentiable. */
export const like = (constant: Tensor, x: Tensor): Tensor =>
  nativeType(constant) === nativeType(x) ? constant : castTo(constant, nativeType(x))

/** tfjs states the type of an op by its own name for it; beside a half tensor TensorFlow is told the real one. */
const realType = (attributes: readonly NativeAttribute[], half: number): NativeAttribute[] =>
  attributes.map((attribute) =>
    attribute.name === 'T' && attribute.type === nativeBinding.TF_ATTR_TYPE && attribute.value === DataType.float32
      ? { ...attribute, value: half }
      : attribute,
  )

/**
 * Lets tfjs's own ops (reshape, concat, add, the sums of its tape) work on half tensors. Ops without one are untouched.
 * Once a process, when this module loads.
 */
function teachTfjs(): void {
  const single = backend.executeSingleOutput.bind(backend)
  const multiple = backend.executeMultipleOutputs.bind(backend)
  backend.executeSingleOutput = (name, attributes, inputs) => {
    const half = halfTypeOf(inputs)
    if (half === null) return single(name, attributes, inputs)
    if (name === 'Cast' && attributes.some((a) => a.name === 'DstT' && a.value === DataType.float32)) {
      // A gradient of tfjs makes sure of what it takes for float32 already: nothing to do, as for any float32 tensor.
      const { dataId, shape, dtype } = inputs[0]!
      backend.incRef(dataId)
      return { dataId, shape, dtype }
    }
    return adopt(callNative(name, realType(attributes, half), inputs, 1)[0]!)
  }
  backend.executeMultipleOutputs = (name, attributes, inputs, outputs) => {
    const half = halfTypeOf(inputs)
    if (half === null) return multiple(name, attributes, inputs, outputs)
    return callNative(name, realType(attributes, half), inputs, outputs).map(adopt)
  }
}

teachTfjs()
