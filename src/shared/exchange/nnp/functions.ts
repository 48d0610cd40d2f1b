// Functions of Neural Network Libraries as operators of ONNX, which they are by other names: maps are channels first, kernels outputs first.
// Parameters are those of nnabla.proto. What would mean something else there is refused with the reason, never read as near enough.
import { constant, type OnnxConstant, type OnnxNode } from '../onnx/read-graph'
import { messagesAt, numbersAt, textsAt, type TextMessage } from './text-format'

interface Attributes {
  readonly ints?: Readonly<Record<string, readonly number[]>>
  readonly numbers?: Readonly<Record<string, number>>
}

/** One call of a function in the file. */
export interface NnpFunction {
  readonly name: string
  readonly type: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /** Its `..._param`. */
  readonly given: TextMessage
}

/** What translating a call may need: a name that no value of the file has, and constants of its own. */
export interface Translation {
  /** Of the call that is translated. */
  own(hint: string): string
  give(name: string, value: OnnxConstant): void
}

type Translate = (call: NnpFunction, translation: Translation) => OnnxNode[]

export const operator = (
  name: string,
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Attributes = {},
  refusal?: string,
): OnnxNode => ({
  name,
  op,
  inputs,
  outputs,
  int: (key) => attributes.numbers?.[key],
  float: (key) => attributes.numbers?.[key],
  ints: (key) => attributes.ints?.[key],
  text: () => undefined,
  tensor: () => undefined,
  ...(refusal !== undefined && { refusal }),
})

/** `{ dim: 1 dim: 2 }` of a function's parameters. */
export const dims = (message: TextMessage, name: string): readonly number[] => {
  const [found] = messagesAt(message, name)
  return found === undefined ? [] : numbersAt(found, 'dim')
}
const flag = (message: TextMessage, name: string, fallback: boolean): boolean => {
  const [word] = textsAt(message, name)
  const [number] = numbersAt(message, name)
  return word === undefined ? (number === undefined ? fallback : number !== 0) : word === 'true' || word === 'True'
}
const numberOf = (message: TextMessage, name: string, fallback: number): number =>
  numbersAt(message, name)[0] ?? fallback
const both = (list: readonly number[]): readonly number[] => (list.length === 0 ? [0, 0] : list)

/** Why a function is none that is read here, whatever it is called. */
function refusalOf({ given, type }: NnpFunction): string | undefined {
  if (flag(given, 'channel_last', false)) return 'its channels come last, and all others here first'
  const base = numberOf(given, 'base_axis', 1)
  if (base !== 1) return `its base axis is ${base}, the layer's is 1`
  const axes = numbersAt(given, 'axes')
  if (type === 'BatchNormalization' && axes.length > 0 && axes.join() !== '1')
    return `it runs over the axes [${axes.join(', ')}], the layer over the channels`
  if (type === 'BatchNormalization' && flag(given, 'batch_stat', false))
    return 'it takes mean and variance of each batch, the layer stored ones'
  return undefined
}

const plain =
  (op: string, attributes: Attributes = {}): Translate =>
  ({ name, inputs, outputs }) => [operator(name, op, inputs, outputs, attributes)]

/** Along an axis that the function names. */
const alongAxis =
  (op: string): Translate =>
  ({ name, inputs, outputs, given }) => [
    operator(name, op, inputs, outputs, { numbers: { axis: numberOf(given, 'axis', 1) } }),
  ]

const convolution: Translate = ({ name, inputs, outputs, given }) => {
  const pad = both(dims(given, 'pad'))
  const [stride, dilation] = [dims(given, 'stride'), dims(given, 'dilation')]
  return [
    operator(name, 'Conv', inputs, outputs, {
      ints: {
        pads: [...pad, ...pad],
        strides: stride.length === 0 ? [1, 1] : stride,
        dilations: dilation.length === 0 ? [1, 1] : dilation,
      },
      numbers: { group: numberOf(given, 'group', 1) },
    }),
  ]
}

const pooling =
  (op: string): Translate =>
  ({ name, inputs, outputs, given }) => {
    const kernel = dims(given, 'kernel')
    const stride = dims(given, 'stride')
    const pad = both(dims(given, 'pad'))
    return [
      operator(name, op, inputs, outputs, {
        ints: { kernel_shape: kernel, strides: stride.length === 0 ? kernel : stride, pads: [...pad, ...pad] },
        // Borders that no whole window reaches are left out where the function says so.
        numbers: {
          ceil_mode: Number(!flag(given, 'ignore_border', true)),
          count_include_pad: Number(flag(given, 'including_pad', true)),
        },
      }),
    ]
  }

/** Flattens what it is given, as the function does by itself. */
const affine: Translate = ({ name, inputs, outputs }, { own }) => {
  const [x = '', ...rest] = inputs
  const flat = own('flat')
  return [operator(`${name}.flat`, 'Flatten', [x], [flat]), operator(name, 'Gemm', [flat, ...rest], outputs)]
}

const batchNorm: Translate = ({ name, inputs, outputs, given }) => {
  const [x = '', beta = '', gamma = '', mean = '', variance = ''] = inputs
  return [
    operator(name, 'BatchNormalization', [x, gamma, beta, mean, variance], outputs, {
      numbers: { epsilon: numberOf(given, 'eps', 1e-5) },
    }),
  ]
}

/** Sums and products with one number. */
const scalar =
  (op: string): Translate =>
  ({ name, inputs, outputs, given }, { own, give }) => {
    const value = own('value')
    give(value, constant([], Float32Array.of(numberOf(given, 'val', 1))))
    return [operator(name, op, [...inputs, value], outputs)]
  }

const relu6: Translate = ({ name, inputs, outputs }, { own, give }) => {
  const [low, high] = [own('low'), own('high')]
  give(low, constant([], Float32Array.of(0)))
  give(high, constant([], Float32Array.of(6)))
  return [operator(name, 'Clip', [...inputs, low, high], outputs)]
}

const FUNCTIONS: ReadonlyMap<string, Translate> = new Map<string, Translate>([
  ['Convolution', convolution],
  ['Affine', affine],
  ['BatchNormalization', batchNorm],
  ['MaxPooling', pooling('MaxPool')],
  ['AveragePooling', pooling('AveragePool')],
  ['GlobalAveragePooling', plain('GlobalAveragePool')],
  ['ReLU', plain('Relu')],
  ['ReLU6', relu6],
  ['Sigmoid', plain('Sigmoid')],
  ['Tanh', plain('Tanh')],
  ['Swish', plain('Swish')],
  ['Softmax', alongAxis('Softmax')],
  ['Add2', plain('Add')],
  ['Sub2', plain('Sub')],
  ['Mul2', plain('Mul')],
  ['AddScalar', scalar('Add')],
  ['MulScalar', scalar('Mul')],
  ['Concatenate', alongAxis('Concat')],
  ['Dropout', plain('Dropout')],
  ['Identity', plain('Identity')],
])

/** The operators of a call; one that is refused says why, one that is unknown keeps its name and is told as that. */
export function translated(call: NnpFunction, translation: Translation): OnnxNode[] {
  const { name, type, inputs, outputs } = call
  const refusal = refusalOf(call)
  const translate = refusal === undefined ? FUNCTIONS.get(type) : undefined
  return translate?.(call, translation) ?? [operator(name, type, inputs, outputs, {}, refusal)]
}
