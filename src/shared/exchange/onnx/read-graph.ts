// What an ONNX file says, ready to be walked: nodes with their attributes by name, constants with their numbers. Sizes and counts are
// looked at before anything is believed; what the operators mean is import.ts's.
import { AppError } from '../../errors'
import {
  decodeModel,
  FLOAT,
  INT64,
  type AttributeProto,
  type GraphProto,
  type NodeProto,
  type TensorProto,
} from './proto'

/** Far above any network that can be opened (architecture/document/limits.ts). */
const MAX_NODES = 100_000
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
}

export interface OnnxConstant {
  readonly dims: readonly number[]
  /** Undefined where there are too many to be anything but weights, or they lie in another file. */
  readonly values: readonly number[] | undefined
}

export interface OnnxGraph {
  readonly name: string
  readonly nodes: readonly OnnxNode[]
  readonly constants: ReadonlyMap<string, OnnxConstant>
  readonly inputs: readonly { readonly name: string; readonly dims: readonly (number | undefined)[] }[]
  readonly outputs: readonly string[]
  /** `metadata_props`. */
  readonly properties: ReadonlyMap<string, string>
}

const damaged = (what: string, cause?: unknown): AppError =>
  new AppError('invalid-input', `This is no ONNX model: ${what}.`, 'Export it again from the program it comes from.', {
    cause,
  })

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0

function constantOf(tensor: TensorProto): OnnxConstant {
  const { dims = [], dataType, rawData, floatData = [], int64Data = [] } = tensor
  if (!dims.every(isCount)) throw damaged(`the constant ${tensor.name} has the dimensions [${dims.join(', ')}]`)
  const size = dims.reduce((product, side) => product * side, 1)
  if (size > MAX_VALUES) return { dims, values: undefined }
  const list = dataType === INT64 ? int64Data : floatData
  if (rawData === undefined || rawData.length === 0) return { dims, values: list.length === size ? list : undefined }
  const view = new DataView(rawData.buffer, rawData.byteOffset, rawData.byteLength)
  const bytes = dataType === INT64 ? 8 : dataType === FLOAT ? 4 : undefined
  if (bytes === undefined) return { dims, values: undefined }
  if (view.byteLength !== size * bytes)
    throw damaged(`the constant ${tensor.name} has ${view.byteLength} bytes, ${size * bytes} were expected`)
  const read = (i: number): number =>
    dataType === INT64 ? Number(view.getBigInt64(i * 8, true)) : view.getFloat32(i * 4, true)
  return { dims, values: Array.from({ length: size }, (_, i) => read(i)) }
}

function nodeOf({ name = '', opType, input = [], output = [], attribute = [] }: NodeProto): OnnxNode {
  const known = new Map<string, AttributeProto>(attribute.map((each) => [each.name, each]))
  return {
    name: name === '' ? (output[0] ?? opType) : name,
    op: opType,
    inputs: input,
    outputs: output,
    int: (key) => known.get(key)?.i ?? (known.has(key) ? 0 : undefined),
    float: (key) => known.get(key)?.f ?? (known.has(key) ? 0 : undefined),
    ints: (key) => known.get(key)?.ints,
    text(key) {
      const bytes = known.get(key)?.s
      return bytes === undefined ? undefined : new TextDecoder().decode(bytes)
    },
  }
}

/** Values of `Constant` nodes are constants like any other. */
function constantNodes(graph: GraphProto): [string, OnnxConstant][] {
  return graph.node.flatMap((node): [string, OnnxConstant][] => {
    const tensor = node.opType === 'Constant' ? node.attribute.find(({ name }) => name === 'value')?.t : undefined
    const name = node.output[0]
    return tensor === undefined || name === undefined ? [] : [[name, constantOf({ ...tensor, name })]]
  })
}

/** @throws AppError `invalid-input` for bytes that are no model, and for one that is larger than any network */
export function readOnnxGraph(bytes: Uint8Array): OnnxGraph {
  let model
  try {
    model = decodeModel(bytes)
  } catch (cause) {
    throw damaged(
      `its bytes are no message of protobuf (${cause instanceof Error ? cause.message : String(cause)})`,
      cause,
    )
  }
  const graph = model.graph as GraphProto | undefined
  if (graph === undefined || graph.node.length === 0) throw damaged('it holds no graph')
  if (graph.node.length > MAX_NODES) throw damaged(`it has ${graph.node.length} nodes, more than ${MAX_NODES}`)
  const constants = new Map([
    ...graph.initializer.map((tensor): [string, OnnxConstant] => [tensor.name, constantOf(tensor)]),
    ...constantNodes(graph),
  ])
  return {
    name: graph.name,
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
    properties: new Map(model.metadataProps.map(({ key, value }) => [key, value])),
  }
}
