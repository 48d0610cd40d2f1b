// A network of ours from NNP, the format of Sony's Neural Network Libraries: a zip with the network as protobuf text and its parameters.
// Its functions are those of ONNX by other names (maps are channels first, kernels outputs first), so each is written as ONNX's operator and
// read as that. Field numbers do not matter in text; names are those of nnabla.proto.
import { AppError } from '../../errors'
import { elementCount } from '../../element-count'
import { quoted } from '../../quoted'
import { importedNetwork, type ImportedNetwork } from '../imported/imported-network'
import type { KerasArray } from '../keras/keras-values'
import { importGraph } from '../onnx/import-graph'
import { constant, type OnnxConstant, type OnnxGraph, type OnnxNode } from '../onnx/read-graph'
import { messagesAt, numbersAt, parseTextFormat, textsAt, type TextMessage } from './text-format'

interface Attributes {
  readonly ints?: Readonly<Record<string, readonly number[]>>
  readonly numbers?: Readonly<Record<string, number>>
}

const operator = (
  name: string,
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Attributes = {},
): OnnxNode => ({
  name,
  op,
  inputs,
  outputs,
  int: (key) => attributes.numbers?.[key],
  float: (key) => attributes.numbers?.[key],
  ints: (key) => attributes.ints?.[key],
  text: () => undefined,
})

/** `{ dim: 1 dim: 2 }` of a function's parameters. */
const dims = (message: TextMessage, name: string): readonly number[] => {
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

interface Function {
  readonly name: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /** Its `..._param`. */
  readonly given: TextMessage
}

type Translate = (call: Function, constants: ReadonlyMap<string, OnnxConstant>) => OnnxNode[]

const plain =
  (op: string, attributes: Attributes = {}): Translate =>
  ({ name, inputs, outputs }) => [operator(name, op, inputs, outputs, attributes)]

const both = (list: readonly number[]): readonly number[] => (list.length === 0 ? [0, 0] : list)

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
const affine: Translate = ({ name, inputs, outputs }) => {
  const [x = '', ...rest] = inputs
  return [
    operator(`${name}.flat`, 'Flatten', [x], [`${name}.flat`]),
    operator(name, 'Gemm', [`${name}.flat`, ...rest], outputs),
  ]
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
  ({ name, inputs, outputs, given }, constants) => {
    const value = `${name}.value`
    ;(constants as Map<string, OnnxConstant>).set(value, constant([], Float32Array.of(numberOf(given, 'val', 1))))
    return [operator(name, op, [...inputs, value], outputs)]
  }

const FUNCTIONS: ReadonlyMap<string, Translate> = new Map<string, Translate>([
  ['Convolution', convolution],
  ['Affine', affine],
  ['BatchNormalization', batchNorm],
  ['MaxPooling', pooling('MaxPool')],
  ['AveragePooling', pooling('AveragePool')],
  ['GlobalAveragePooling', plain('GlobalAveragePool')],
  ['ReLU', plain('Relu')],
  [
    'ReLU6',
    ({ name, inputs, outputs }, constants) => {
      const known = constants as Map<string, OnnxConstant>
      known.set(`${name}.low`, constant([], Float32Array.of(0)))
      known.set(`${name}.high`, constant([], Float32Array.of(6)))
      return [operator(name, 'Clip', [...inputs, `${name}.low`, `${name}.high`], outputs)]
    },
  ],
  ['Sigmoid', plain('Sigmoid')],
  ['Tanh', plain('Tanh')],
  ['Swish', plain('Swish')],
  ['Softmax', plain('Softmax', { numbers: { axis: 1 } })],
  ['Add2', plain('Add')],
  ['Sub2', plain('Sub')],
  ['Mul2', plain('Mul')],
  ['AddScalar', scalar('Add')],
  ['MulScalar', scalar('Mul')],
  [
    'Concatenate',
    ({ name, inputs, outputs, given }) => [
      operator(name, 'Concat', inputs, outputs, { numbers: { axis: numberOf(given, 'axis', 1) } }),
    ],
  ],
  ['Dropout', plain('Dropout')],
  ['Identity', plain('Identity')],
])

const refused = (reason: string): AppError =>
  new AppError('invalid-input', `This is no NNP model: ${reason}.`, 'Save it again from the program it comes from.')

function parameter(name: string, shape: readonly number[], arrays: ReadonlyMap<string, KerasArray>): OnnxConstant {
  // Statistics and scales of a channel are [1, channels, 1, 1] there.
  const isVector = shape.length === 4 && elementCount(shape) === (shape[1] ?? 0) && !name.endsWith('/W')
  const given = arrays.get(name)
  return {
    dims: isVector ? [elementCount(shape)] : shape,
    get values() {
      const count = elementCount(shape)
      return count > 65_536 ? undefined : [...(given?.values() ?? new Float32Array(0))]
    },
    numbers: () => given?.values(),
  }
}

/**
 * @param text of the .nntxt
 * @param name of the design
 * @param arrays of parameter.h5, by the names of variables
 * @throws AppError `invalid-input`, `invalid-architecture` where no network can be made of it
 */
export function designFromNnp(text: string, name: string, arrays: ReadonlyMap<string, KerasArray>): ImportedNetwork {
  const [network] = messagesAt(parseTextFormat(text), 'network')
  if (network === undefined) throw refused('it has no network')
  const constants = new Map<string, OnnxConstant>()
  const shapes = new Map<string, readonly number[]>()
  for (const variable of messagesAt(network, 'variable')) {
    const [title = ''] = textsAt(variable, 'name')
    const shape = dims(variable, 'shape')
    shapes.set(title, shape)
    if (textsAt(variable, 'type')[0] !== 'Parameter') continue
    if (!shape.every((side) => Number.isSafeInteger(side) && side >= 0))
      throw refused(`its variable ${quoted(title)} has no shape`)
    constants.set(title, parameter(title, shape, arrays))
  }
  const calls = messagesAt(network, 'function').map((message): Function & { readonly type: string } => {
    const [type = ''] = textsAt(message, 'type')
    const given = [...message.fields].find(([field]) => field.endsWith('_param'))?.[1][0]
    return {
      name: textsAt(message, 'name')[0] ?? type,
      type,
      inputs: textsAt(message, 'input'),
      outputs: textsAt(message, 'output'),
      given: typeof given === 'object' ? given : { fields: new Map() },
    }
  })
  const made = new Set(calls.flatMap(({ outputs }) => outputs))
  const read = new Set(calls.flatMap(({ inputs }) => inputs))
  const inputs = [...read].filter((value) => !made.has(value) && !constants.has(value))
  const graph: OnnxGraph = {
    name,
    nodes: calls.flatMap(
      (call) =>
        FUNCTIONS.get(call.type)?.(call, constants) ?? [operator(call.name, call.type, call.inputs, call.outputs)],
    ),
    constants,
    // The batch is -1 there.
    inputs: inputs.map((value) => ({ name: value, dims: shapes.get(value) ?? [] })),
    outputs: [...made].filter((value) => !read.has(value)),
    // Its softmax runs over one axis, as ONNX's does since opset 13.
    opset: 17,
    producer: 'Neural Network Libraries',
    properties: new Map(),
  }
  return importedNetwork(importGraph(graph), name, 'an NNP model')
}
