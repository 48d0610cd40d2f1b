// Builds the nodes of a graph: names, constants, and the type attributes that an eager call leaves to TensorFlow.
// Knows nothing of variables' order or of traces (emit.ts).
import { AppError } from '@shared/errors'
import { required } from '@shared/required'
import { nativeBinding } from '../backend'
import { DataType, type NativeAttribute, type TensorValues } from '../binding'
import { OP_SIGNATURES } from './op-signatures'
import { shapeProto, type AttrValue, type NodeDef, type TensorProto } from './protobuf'

/** One output of a node, with its type. */
export interface Reference {
  readonly name: string
  readonly dtype: number
}

interface MutableNode {
  name: string
  op: string
  input: string[]
  attr: Record<string, AttrValue>
}

interface Signature {
  readonly inputs: readonly string[]
  readonly attributes: ReadonlyMap<string, 'required' | 'optional'>
}

/** Node name of a reference `node:output`. */
const nodeOf = (input: string): string => input.replace(/^\^/, '').replace(/:\d+$/, '')

export class GraphBuilder {
  private readonly nodes = new Map<string, MutableNode>()
  private readonly constants = new Map<string, Reference>()

  /** A node with all attributes given; `name` must be free. */
  add(name: string, op: string, input: readonly string[], attr: Record<string, AttrValue>): string {
    if (this.nodes.has(name)) throw new Error(`The graph already has a node ${name}`)
    this.nodes.set(name, { name, op, input: [...input], attr })
    return name
  }

  /** Makes `node` wait for others. */
  addControl(node: string, before: readonly string[]): void {
    required(this.nodes, node, 'node').input.push(...before.map((name) => `^${nodeOf(name)}`))
  }

  /**
   * A node for a native call.
   * @param dtypes of the outputs
   * @throws AppError internal for an op without a signature
   */
  op(
    scope: string,
    name: string,
    attributes: readonly NativeAttribute[],
    inputs: readonly Reference[],
    dtypes: readonly number[],
  ): Reference[] {
    const attr = completeAttributes(name, attributes, inputs)
    const node = this.add(
      `${scope}/${name}_${this.nodes.size}`,
      name,
      inputs.map((input) => input.name),
      attr,
    )
    return dtypes.map((dtype, output) => ({ name: output === 0 ? node : `${node}:${output}`, dtype }))
  }

  constant(dtype: number, shape: readonly number[], values: TensorValues): Reference {
    const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength)
    const key = `${dtype}|${shape.join(',')}|${bytes.toString('base64')}`
    const known = this.constants.get(key)
    if (known !== undefined) return known
    const tensor = tensorProto(dtype, shape, values)
    const name = this.add(`constant/${this.constants.size}`, 'Const', [], { dtype: { type: dtype }, value: { tensor } })
    const reference = { name, dtype }
    this.constants.set(key, reference)
    return reference
  }

  /** The nodes that the roots need. */
  finish(roots: readonly string[]): NodeDef[] {
    const needed = new Set<string>()
    const open = [...roots]
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      if (needed.has(name)) continue
      needed.add(name)
      open.push(...required(this.nodes, name, 'node').input.map(nodeOf))
    }
    return [...this.nodes.values()].filter(({ name }) => needed.has(name))
  }
}

/** True where all values are equal, bit for bit: such a constant is stored as one value. */
export function isUniform(values: TensorValues): boolean {
  const first = values[0]
  for (let i = 1; i < values.length; i++) if (!Object.is(values[i], first)) return false
  return true
}

function tensorProto(dtype: number, shape: readonly number[], values: TensorValues): TensorProto {
  const tensorShape = shapeProto(shape)
  const value = values[0]
  if (values.length > 1 && value !== undefined && isUniform(values)) {
    if (dtype === DataType.float32) return { dtype, tensorShape, floatVal: [value] }
    if (dtype === DataType.bool) return { dtype, tensorShape, boolVal: [value !== 0] }
    if (dtype === DataType.int32) return { dtype, tensorShape, intVal: [value] }
  }
  return { dtype, tensorShape, tensorContent: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) }
}

const signatures = new Map<string, Signature>()

function signatureOf(op: string): Signature {
  const known = signatures.get(op)
  if (known !== undefined) return known
  const line = OP_SIGNATURES[op]
  if (line === undefined) {
    throw new AppError(
      'internal',
      `A recorded entry used the op ${op}, which has no signature.`,
      'Add it to op-signatures.ts.',
    )
  }
  const [inputs = '', attributes = ''] = line.split('|').map((part) => part.trim())
  const words = (part: string): string[] => part.split(' ').filter((word) => word !== '')
  const signature: Signature = {
    inputs: words(inputs),
    attributes: new Map(
      words(attributes).map((word) => [word.replace('?', ''), word.endsWith('?') ? 'optional' : 'required']),
    ),
  }
  signatures.set(op, signature)
  return signature
}

/** Attributes as given (those the op does not know are dropped, as eager execution does) plus those its inputs imply. */
function completeAttributes(
  op: string,
  given: readonly NativeAttribute[],
  inputs: readonly Reference[],
): Record<string, AttrValue> {
  const signature = signatureOf(op)
  const attr: Record<string, AttrValue> = {}
  for (const attribute of given) {
    if (signature.attributes.has(attribute.name)) attr[attribute.name] = attributeValue(op, attribute)
  }
  let position = 0
  for (const declared of signature.inputs) {
    // At most one input of an op is a list; it takes what the others leave.
    const rest = inputs.length - (signature.inputs.length - 1)
    const repeated = /^(\w+)\*(.+)$/.exec(declared)
    if (declared.endsWith('...')) {
      attr[declared.slice(0, -3)] = {
        list: { type: inputs.slice(position, position + rest).map(({ dtype }) => dtype) },
      }
      position += rest
      continue
    }
    const type = repeated?.[2] ?? declared
    const dtype = inputs[position]?.dtype
    if (type !== '.' && dtype !== undefined) attr[type] = { type: dtype }
    if (repeated?.[1] !== undefined) attr[repeated[1]] = { i: rest }
    position += repeated === null ? 1 : rest
  }
  for (const [name, need] of signature.attributes) {
    if (need === 'required' && attr[name] === undefined) {
      throw new AppError('internal', `The op ${op} was recorded without its attribute ${name}.`)
    }
  }
  return attr
}

function attributeValue(op: string, { name, type, value }: NativeAttribute): AttrValue {
  const isList = Array.isArray(value)
  const { TF_ATTR_BOOL, TF_ATTR_FLOAT, TF_ATTR_INT, TF_ATTR_SHAPE, TF_ATTR_STRING, TF_ATTR_TYPE } = nativeBinding
  switch (type) {
    case TF_ATTR_STRING:
      return { s: Buffer.from(value as string) }
    case TF_ATTR_INT:
      return isList ? { list: { i: value as number[] } } : { i: value as number }
    case TF_ATTR_FLOAT:
      return isList ? { list: { f: value as number[] } } : { f: value as number }
    case TF_ATTR_BOOL:
      return isList ? { list: { b: value as boolean[] } } : { b: value as boolean }
    case TF_ATTR_TYPE:
      return { type: value as number }
    case TF_ATTR_SHAPE:
      return { shape: shapeProto(value as number[]) }
    default:
      throw new AppError('internal', `The attribute ${name} of ${op} has a kind (${type}) the recorder does not write.`)
  }
}
