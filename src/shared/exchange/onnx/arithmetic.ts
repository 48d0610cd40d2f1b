// Sums, products and limits of ONNX: between two values they are layers, with constants they are the scaling of the image, a bias, a step
// of GELU, hard sigmoid or hard swish, or a scale of the channels.
import type { LayerKind } from '../../architecture/catalogue'
import { isMap } from '../../architecture/catalogue/window'
import { channelsOf, INPUT_ID } from '../../architecture/layer'
import { NoLayer } from '../imported/network-builder'
import { withoutPending, type GraphImporter, type Value } from './importer'
import { given, gives, isNear, simple, step, type Read } from './operator'
import type { OnnxConstant, OnnxNode } from './read-graph'

export const clip: Read = (importer, node) => {
  const bound = (i: number, name: string): number | undefined =>
    given(importer, node, i, `limit ${name}`)?.[0] ?? node.float(name)
  const [low, high] = [bound(1, 'min'), bound(2, 'max')]
  const x = importer.find(node.inputs[0] ?? '')
  if (low === 0 && high === 6 && x?.pending?.step === 'plus-3') {
    gives(importer, node, { ...x, pending: { step: 'relu6-of-plus-3' } })
    return
  }
  const kind = low === 0 && high === 6 ? 'relu6' : low === 0 && (high === undefined || high > 1e30) ? 'relu' : undefined
  if (kind === undefined)
    throw new NoLayer(`it limits to ${low ?? '-inf'}..${high ?? 'inf'}; relu is 0..inf, relu6 0..6`)
  simple(kind)(importer, node)
}

export const hardSigmoid: Read = (importer, node) => {
  const [alpha, beta] = [node.float('alpha') ?? 0.2, node.float('beta') ?? 0.5]
  if (!isNear(alpha, 1 / 6) || !isNear(beta, 0.5))
    throw new NoLayer(`its slope is ${alpha} and its offset ${beta}; the layer's are 1/6 and 0.5`)
  simple('hard-sigmoid')(importer, node)
}

/** A sum or product of two values of the network, or of one and a constant, which only forms of layers have. */
function binary(importer: GraphImporter, node: OnnxNode) {
  const [first = '', second = ''] = node.inputs
  const constants = [importer.constant(first), importer.constant(second)]
  if (constants[0] === undefined && constants[1] === undefined) return { kind: 'two', names: [first, second] } as const
  const [name, constant] = constants[0] === undefined ? [first, constants[1]!] : [second, constants[0]]
  const value = importer.find(name)
  if (value === undefined) throw new NoLayer(`its input ${name} is no value of the network`)
  const only = constant.values?.length === 1 ? constant.values[0] : undefined
  return { kind: 'one', value, constant, only } as const
}

/** Scale and offset of the image itself, before the network: networks here are given normalised ones. */
function isPreprocessing(importer: GraphImporter, node: OnnxNode, { id, pending }: Value): boolean {
  if (id !== INPUT_ID || (pending !== undefined && pending.step !== 'channels-last')) return false
  // Where something else sees the image too, it is a step of one branch.
  return node.inputs.some((name) => importer.isWholeImage(name))
}

/** The numbers of a constant as one for all, or one a channel of the value; undefined where it is neither. */
function perChannel({ shape, pending, isFlat }: Value, { dims, values }: OnnxConstant) {
  if (values?.length === 1) return values
  const channels = channelsOf(shape)
  if (values?.length !== channels) return undefined
  const isLast = pending?.step === 'channels-last' || isFlat === true || !isMap(shape)
  const fromEnd = isLast ? 1 : 3
  return dims.length >= fromEnd && dims[dims.length - fromEnd] === channels ? values : undefined
}

/** `x * scale + offset` with constants: the image's own, or a layer. @throws NoLayer where they are not the channels' */
function affine(
  importer: GraphImporter,
  node: OnnxNode,
  value: Value,
  constant: OnnxConstant,
  isProduct: boolean,
): void {
  const numbers = perChannel(value, constant)
  if (numbers === undefined)
    throw new NoLayer(`it ${isProduct ? 'multiplies by' : 'adds'} constants that are not the channels'`)
  if (isPreprocessing(importer, node, value)) {
    importer.scaleImage(isProduct ? numbers : [1], isProduct ? [0] : numbers)
    return gives(importer, node, value)
  }
  if (value.pending !== undefined) throw new NoLayer('what comes before it is the beginning of no layer')
  const channels = channelsOf(value.shape)
  const all = (): Float32Array =>
    numbers.length === 1 ? new Float32Array(channels).fill(numbers[0] ?? 0) : Float32Array.from(numbers)
  const scaled = importer.affine(node.name, value, isProduct ? { scale: all } : { offset: all })
  gives(importer, node, value.isFlat === true ? { ...scaled, isFlat: true } : scaled)
}

/** The constant with every number changed. */
const changed = (constant: OnnxConstant, change: (value: number) => number): OnnxConstant => ({
  dims: constant.dims,
  get values() {
    return constant.values?.map(change)
  },
  numbers: () => constant.numbers()?.map(change),
})

export const add: Read = (importer, node) => {
  const found = binary(importer, node)
  if (found.kind === 'two') {
    const inputs = node.inputs.map((name) => importer.plain(name))
    gives(importer, node, importer.layer(node, 'add', {}, inputs))
    return
  }
  const { value, constant, only } = found
  if (isPreprocessing(importer, node, value)) return affine(importer, node, value, constant, false)
  if (value.pending?.step === 'erf' && isNear(only, 1)) return step(importer, node, value, { step: 'erf-plus-1' })
  if (value.pending === undefined && isNear(only, 3)) return step(importer, node, value, { step: 'plus-3' })
  // A bias that comes as an addition of its own.
  const kind = importer.kindOf(value.id)
  const features = value.shape[value.shape.length - 1]
  const isVector = constant.dims.reduce((product, side) => product * side, 1) === features
  const takesBias = kind === 'dense' || kind === 'conv2d' || kind === 'depthwise-conv2d'
  const isWhole = importer.node(value.id)?.parameters['bias'] === false && perChannel(value, constant)
  if (takesBias && isVector && value.pending === undefined && isWhole && !importer.isShared(value.id)) {
    const bias = { shape: [channelsOf(value.shape)], values: () => constant.numbers() }
    importer.amend(value.id, { bias: true }, { bias })
    return gives(importer, node, value)
  }
  affine(importer, node, value, constant, false)
}

/** As many values as there are; one that is given alone is itself. */
export const sum: Read = (importer, node) => {
  const [only, second, ...others] = node.inputs
  if (others.length === 0 && second !== undefined) return add(importer, node)
  if (node.inputs.some((name) => importer.constant(name) !== undefined))
    throw new NoLayer(`it adds a constant to ${node.inputs.length - 1} values at once`)
  if (second === undefined) return gives(importer, node, importer.plain(only))
  const inputs = node.inputs.map((name) => importer.plain(name))
  gives(importer, node, importer.layer(node, 'add', {}, inputs))
}

/** What a product of a value and a constant is the next step of. */
function scaled(
  importer: GraphImporter,
  node: OnnxNode,
  value: Value,
  constant: OnnxConstant,
  by: number | undefined,
): void {
  const { pending } = value
  if (by === undefined) return affine(importer, node, value, constant, true)
  const kind = (name: LayerKind): void => gives(importer, node, importer.layer(node, name, {}, [withoutPending(value)]))
  if (by === 0 && pending === undefined) return kind('zero')
  if (pending?.step === 'gelu-twice' && isNear(by, 0.5)) return kind('gelu')
  if (pending?.step === 'relu6-of-plus-3' && isNear(by, 1 / 6)) return kind('hard-sigmoid')
  if (pending?.step === 'hard-swish-6' && isNear(by, 1 / 6)) return kind('hard-swish')
  if (pending === undefined && (isNear(by, Math.SQRT1_2) || isNear(by, 0.5)))
    return step(importer, node, value, { step: 'scaled', by })
  affine(importer, node, value, constant, true)
}

/** The layer that gives `gate` is made of the value itself. */
function isGateOf(importer: GraphImporter, gate: Value, value: Value, kind: LayerKind): boolean {
  const node = importer.node(gate.id)
  return gate.pending === undefined && node?.kind === kind && node.inputs[0] === value.id
}

function product(importer: GraphImporter, node: OnnxNode, a: Value, b: Value): void {
  for (const [value, gate] of [
    [a, b],
    [b, a],
  ] as const) {
    if (value.pending !== undefined && value.pending.step !== 'scaled') continue
    const plain = value.pending === undefined
    const x = withoutPending(value)
    if (plain && isGateOf(importer, gate, value, 'sigmoid'))
      return gives(importer, node, importer.layer(node, 'silu', {}, [x]))
    if (plain && isGateOf(importer, gate, value, 'hard-sigmoid'))
      return gives(importer, node, importer.layer(node, 'hard-swish', {}, [x]))
    if (gate.id !== value.id) continue
    if (gate.pending?.step === 'erf-plus-1') {
      if (plain) return step(importer, node, value, { step: 'gelu-twice' })
      if (value.pending?.step === 'scaled' && isNear(value.pending.by, 0.5))
        return gives(importer, node, importer.layer(node, 'gelu', {}, [x]))
    }
    if (plain && gate.pending?.step === 'relu6-of-plus-3') return step(importer, node, value, { step: 'hard-swish-6' })
  }
  const [first, second] = node.inputs
  gives(importer, node, importer.layer(node, 'multiply', {}, [importer.plain(first), importer.plain(second)]))
}

export const multiply: Read = (importer, node) => {
  const found = binary(importer, node)
  if (found.kind === 'two') {
    const [a, b] = found.names.map((name) => importer.find(name))
    if (a === undefined || b === undefined) throw new NoLayer('one of its inputs is no value of the network')
    return product(importer, node, a, b)
  }
  if (isPreprocessing(importer, node, found.value)) return affine(importer, node, found.value, found.constant, true)
  scaled(importer, node, found.value, found.constant, found.only)
}

export const divide: Read = (importer, node) => {
  const found = binary(importer, node)
  if (found.kind === 'two' || importer.constant(node.inputs[0]) !== undefined) throw new NoLayer('it divides values')
  const inverse = changed(found.constant, (value) => 1 / value)
  if (isPreprocessing(importer, node, found.value)) return affine(importer, node, found.value, inverse, true)
  scaled(importer, node, found.value, inverse, found.only === undefined ? undefined : 1 / found.only)
}

export const subtract: Read = (importer, node) => {
  const found = binary(importer, node)
  if (found.kind === 'two' || importer.constant(node.inputs[0]) !== undefined) throw new NoLayer('it subtracts values')
  const negative = changed(found.constant, (value) => -value)
  affine(importer, node, found.value, negative, false)
}

export const erf: Read = (importer, node) => {
  const value = importer.find(node.inputs[0] ?? '')
  if (value?.pending?.step !== 'scaled' || !isNear(value.pending.by, Math.SQRT1_2))
    throw new NoLayer('it is not part of a GELU')
  step(importer, node, value, { step: 'erf' })
}

export const gelu: Read = (importer, node) => {
  if ((node.text('approximate') ?? 'none') !== 'none') throw new NoLayer('it is the approximation by tanh')
  simple('gelu')(importer, node)
}
