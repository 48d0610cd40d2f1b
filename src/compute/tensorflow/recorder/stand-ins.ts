// Recording needs what ops are called and of what shape their results are, never the values. Convolutions are most of the
// work of the one eager run that recording takes, so there zeros of the right shape stand in for their results.
import { nativeBinding } from '../backend'
import { DataType, type NativeAttribute, type NativeTensor, type TensorValues } from '../binding'

/** Shapes and types by native id, and the values of constants made on the host. */
export interface KnownTensors {
  readonly shapes: ReadonlyMap<number, readonly number[]>
  /** Only of what native calls made; the rest is float32, as feeds and variables of convolutions are. */
  readonly types: ReadonlyMap<number, number>
  readonly values: ReadonlyMap<number, TensorValues>
}

/** Ops whose result's shape is an input: sizes as a constant, or the shape of a kernel. */
const SIZES_INPUT: Readonly<Record<string, number>> = {
  Conv2DBackpropInput: 0,
  Conv2DBackpropFilter: 1,
  DepthwiseConv2dNativeBackpropInput: 0,
  DepthwiseConv2dNativeBackpropFilter: 1,
}

const listOf = (attributes: readonly NativeAttribute[], name: string): readonly number[] => {
  const value = attributes.find((attribute) => attribute.name === name)?.value
  return Array.isArray(value) ? (value as number[]) : []
}

/** Output size along one axis, as TensorFlow's own shape function has it. */
function windows(
  size: number,
  kernel: number,
  stride: number,
  padding: string,
  around: readonly [number, number],
): number {
  if (padding === 'SAME') return Math.ceil(size / stride)
  return Math.floor((size + around[0] + around[1] - kernel) / stride) + 1
}

function convolutionShape(
  isDepthwise: boolean,
  attributes: readonly NativeAttribute[],
  x: readonly number[],
  kernel: readonly number[],
): readonly number[] {
  const padding = String(attributes.find(({ name }) => name === 'padding')?.value)
  const [strides, explicit] = [listOf(attributes, 'strides'), listOf(attributes, 'explicit_paddings')]
  const dilations = listOf(attributes, 'dilations')
  const along = (axis: 1 | 2): number => {
    const reach = (kernel[axis - 1]! - 1) * (dilations[axis] ?? 1) + 1
    return windows(x[axis]!, reach, strides[axis]!, padding, [explicit[2 * axis] ?? 0, explicit[2 * axis + 1] ?? 0])
  }
  return [x[0]!, along(1), along(2), isDepthwise ? kernel[2]! * kernel[3]! : kernel[3]!]
}

function resultShape(
  name: string,
  attributes: readonly NativeAttribute[],
  inputs: readonly number[],
  { shapes, values }: KnownTensors,
): readonly number[] | undefined {
  const sizes = SIZES_INPUT[name]
  if (sizes !== undefined) {
    const given = values.get(inputs[sizes]!)
    return given && Array.from(given)
  }
  if (name !== 'Conv2D' && name !== 'DepthwiseConv2dNative') return undefined
  const [x, kernel] = [shapes.get(inputs[0]!), shapes.get(inputs[1]!)]
  return x && kernel && convolutionShape(name !== 'Conv2D', attributes, x, kernel)
}

/** Zeros in place of a convolution's result; undefined where the op is another or a shape is not known: then run it. */
export function outputsWithoutRunning(
  name: string,
  attributes: readonly NativeAttribute[],
  inputs: readonly number[],
  known: KnownTensors,
): NativeTensor[] | undefined {
  const shape = resultShape(name, attributes, inputs, known)
  if (shape === undefined) return undefined
  const dimensions = nativeBinding.createTensor([shape.length], DataType.int32, Int32Array.from(shape))
  const zero = nativeBinding.createTensor([], DataType.float32, Float32Array.of(0))
  // The last input of each of these ops is of the result's type; the others may be sizes.
  const type = known.types.get(inputs[inputs.length - 1]!) ?? DataType.float32
  const cast = { name: 'DstT', type: nativeBinding.TF_ATTR_TYPE, value: type }
  const typed = nativeBinding.executeOp('Cast', [cast], [zero], 1)[0]!.id
  try {
    return nativeBinding.executeOp('Fill', [], [dimensions, typed], 1)
  } finally {
    for (const id of [dimensions, zero, typed]) nativeBinding.deleteTensor(id)
  }
}
