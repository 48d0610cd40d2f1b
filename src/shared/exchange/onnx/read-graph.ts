// What an ONNX file says, ready to be walked: nodes with their attributes by name, constants with their numbers. Sizes and counts are
// looked at before anything is believed; what the operators mean is import.ts's.
import { quoted } from '../../quoted'
import { MIB } from '../../units'
import { damagedModel } from './damaged-model'
import { decodedSize } from './decoded-size'
import { decodeModel, SCHEMA, type AttributeProto, type GraphProto, type NodeProto, type TensorProto } from './proto'
import { numbersOf, type ExternalData } from './tensor-values'

/** Far above any network that can be opened (architecture/document/limits.ts). */
const MAX_NODES = 100_000
/** Bytes of memory that the graph may take without its weights, which lie in it as bytes. */
const MOST_DECODED = 640 * MIB
/** ONNX has operators of at most five axes of space and two more. */
const MOST_AXES = 16
/** Numbers of a constant that are looked at: shapes, pads, scalars, a value a channel. */
const MAX_VALUES = 65_536

export interface OnnxNode {
  readonly name: string
  readonly op: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /** @returns undefined where the node does not have it */
  int(attribute: string): number | undefined
  float(attribute: string): number | undefined
  ints(attribute: string): readonly number[] | undefined
  text(attribute: string): string | undefined
  /** A constant that the node itself holds. @throws AppError `invalid-input` for dimensions that are none */
  tensor(attribute: string): OnnxConstant | undefined
  /** Why it is no layer, where whoever has read the file knows already. */
  readonly refusal?: string
}

export interface OnnxConstant {
  readonly dims: readonly number[]
  /** Undefined where there are too many to be anything but weights, or there are no numbers. */
  readonly values: readonly number[] | undefined
  /** Operators that it was worked out with, one behind the other. */
  readonly depth?: number
  /** All of them, however many; undefined where the file does not have them. @throws AppError `invalid-input` */
  numbers(): Float32Array | undefined
  /** It was worked out of sides of a shape: whole numbers, and divided as such. */
  readonly isOfShape?: boolean
}

export interface OnnxGraph {
  readonly name: string
  readonly nodes: readonly OnnxNode[]
  readonly constants: ReadonlyMap<string, OnnxConstant>
  readonly inputs: readonly { readonly name: string; readonly dims: readonly (number | undefined)[] }[]
  readonly outputs: readonly string[]
  /** Version of ONNX's own operators: what some of them mean has changed with it. */
  readonly opset: number
  readonly producer: string
  /** `metadata_props`. */
  readonly properties: ReadonlyMap<string, string>
}

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0

function constantOf(tensor: TensorProto, external: ExternalData | undefined): OnnxConstant {
  const { dims = [] } = tensor
  if (dims.length > MOST_AXES || !dims.every(isCount))
    throw damagedModel(`the constant ${quoted(tensor.name)} has the dimensions [${dims.slice(0, 8).join(', ')}]`)
  const size = dims.reduce((product, side) => product * side, 1)
  const numbers = (): Float32Array | undefined => numbersOf(tensor, external)
  return fromNumbers(dims, size, numbers)
}

/** A constant that is worked out here. */
export const constant = (dims: readonly number[], values: Float32Array): OnnxConstant =>
  fromNumbers(dims, values.length, () => values)

function fromNumbers(dims: readonly number[], size: number, numbers: OnnxConstant['numbers']): OnnxConstant {
  /** Asked by every operator that reads it. */
  let known: readonly number[] | undefined
  return {
    dims,
    get values() {
      if (known !== undefined || size > MAX_VALUES) return known
      const found = numbers()
      return (known = found && [...found])
    },
    numbers,
  }
}

/** Operators of ONNX itself. What another domain calls Conv may be something else. */
const isOwnDomain = (domain: string | undefined): boolean =>
  domain === undefined || domain === '' || domain === 'ai.onnx'

function nodeOf({ name = '', opType, input = [], output = [], attribute = [], domain }: NodeProto): OnnxNode {
  const known = new Map<string, AttributeProto>(attribute.map((each) => [each.name, each]))
  return {
    name: name === '' ? (output[0] ?? opType) : name,
    op: isOwnDomain(domain) ? opType : `${domain}.${opType}`,
    inputs: input,
    outputs: output,
    int: (key) => known.get(key)?.i ?? (known.has(key) ? 0 : undefined),
    float: (key) => known.get(key)?.f ?? (known.has(key) ? 0 : undefined),
    ints: (key) => known.get(key)?.ints,
    text(key) {
      const bytes = known.get(key)?.s
      return bytes === undefined ? undefined : new TextDecoder().decode(bytes)
    },
    tensor(key) {
      const held = known.get(key)?.t
      return held && constantOf({ ...held, name: key }, undefined)
    },
  }
}

/** Values of `Constant` nodes are constants like any other. */
function constantNodes(graph: GraphProto, external: ExternalData | undefined): [string, OnnxConstant][] {
  return graph.node.flatMap((node): [string, OnnxConstant][] => {
    const name = node.output[0]
    if (node.opType !== 'Constant' || name === undefined) return []
    const found = node.attribute.map((each) => valueOf(each, name, external)).find((each) => each !== undefined)
    return found === undefined ? [] : [[name, found]]
  })
}

function valueOf(
  { name: attribute, t, f, i, floats, ints }: AttributeProto,
  name: string,
  external: ExternalData | undefined,
): OnnxConstant | undefined {
  switch (attribute) {
    case 'value':
      return t === undefined ? undefined : constantOf({ ...t, name }, external)
    case 'value_float':
      return constant([], Float32Array.of(f ?? 0))
    case 'value_int':
      return constant([], Float32Array.of(i ?? 0))
    case 'value_floats':
    case 'value_ints': {
      const list = floats ?? ints ?? []
      return constant([list.length], Float32Array.from(list))
    }
    default:
      return undefined
  }
}

/**
 * @param external opens what lies beside the model; left out, constants that lie there have no numbers
 * @throws AppError `invalid-input` for bytes that are no model, and for one that is larger than any network
 */
export function readOnnxGraph(bytes: Uint8Array, external?: ExternalData): OnnxGraph {
  if (decodedSize(SCHEMA, 'Model', bytes, MOST_DECODED) > MOST_DECODED)
    throw damagedModel('it has far more nodes, attributes or single numbers than any network')
  let model
  try {
    model = decodeModel(bytes)
  } catch (cause) {
    throw damagedModel(
      `its bytes are no message of protobuf (${cause instanceof Error ? cause.message : String(cause)})`,
      cause,
    )
  }
  const graph = model.graph as GraphProto | undefined
  if (graph === undefined || graph.node.length === 0) throw damagedModel('it holds no graph')
  if (graph.node.length > MAX_NODES) throw damagedModel(`it has ${graph.node.length} nodes, more than ${MAX_NODES}`)
  const constants = new Map([
    ...graph.initializer.map((tensor): [string, OnnxConstant] => [tensor.name, constantOf(tensor, external)]),
    ...constantNodes(graph, external),
  ])
  return {
    name: graph.name,
    producer: [model.producerName, model.producerVersion].filter((word) => word !== undefined && word !== '').join(' '),
    nodes: graph.node.filter(({ opType }) => opType !== 'Constant').map(nodeOf),
    constants,
    // Older files list their weights among the inputs.
    inputs: graph.input
      .filter(({ name }) => !constants.has(name))
      .map(({ name, type }) => ({
        name,
        dims: (type?.tensorType?.shape?.dim ?? []).map((dim) => ('dimValue' in dim ? dim.dimValue : undefined)),
      })),
    outputs: graph.output.map(({ name }) => name),
    opset: model.opsetImport.find(({ domain }) => isOwnDomain(domain))?.version ?? 1,
    properties: new Map(model.metadataProps.map(({ key, value }) => [key, value])),
  }
}
