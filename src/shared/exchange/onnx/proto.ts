// The part of ONNX's protobuf messages that is written and read here; field numbers are those of the official onnx.proto (IR 8).
// What a model consists of is its writer's and its reader's business.
import { protobufMessage, type ProtobufSchema } from '../../protobuf'

export const SCHEMA: ProtobufSchema = {
  nested: {
    Entry: { fields: { key: { type: 'string', id: 1 }, value: { type: 'string', id: 2 } } },
    Tensor: {
      fields: {
        dims: { rule: 'repeated', type: 'int64', id: 1 },
        dataType: { type: 'int32', id: 2 },
        floatData: { rule: 'repeated', type: 'float', id: 4 },
        int32Data: { rule: 'repeated', type: 'int32', id: 5 },
        int64Data: { rule: 'repeated', type: 'int64', id: 7 },
        name: { type: 'string', id: 8 },
        rawData: { type: 'bytes', id: 9 },
        doubleData: { rule: 'repeated', type: 'double', id: 10 },
        uint64Data: { rule: 'repeated', type: 'uint64', id: 11 },
        externalData: { rule: 'repeated', type: 'Entry', id: 13 },
        dataLocation: { type: 'int32', id: 14 },
      },
    },
    Attribute: {
      fields: {
        name: { type: 'string', id: 1 },
        f: { type: 'float', id: 2 },
        i: { type: 'int64', id: 3 },
        s: { type: 'bytes', id: 4 },
        t: { type: 'Tensor', id: 5 },
        floats: { rule: 'repeated', type: 'float', id: 7, options: { packed: false } },
        ints: { rule: 'repeated', type: 'int64', id: 8, options: { packed: false } },
        type: { type: 'int32', id: 20 },
      },
    },
    Node: {
      fields: {
        input: { rule: 'repeated', type: 'string', id: 1 },
        output: { rule: 'repeated', type: 'string', id: 2 },
        name: { type: 'string', id: 3 },
        opType: { type: 'string', id: 4 },
        attribute: { rule: 'repeated', type: 'Attribute', id: 5 },
        docString: { type: 'string', id: 6 },
        domain: { type: 'string', id: 7 },
      },
    },
    Dimension: { fields: { dimValue: { type: 'int64', id: 1 }, dimParam: { type: 'string', id: 2 } } },
    Shape: { fields: { dim: { rule: 'repeated', type: 'Dimension', id: 1 } } },
    TensorType: { fields: { elemType: { type: 'int32', id: 1 }, shape: { type: 'Shape', id: 2 } } },
    Type: { fields: { tensorType: { type: 'TensorType', id: 1 } } },
    ValueInfo: { fields: { name: { type: 'string', id: 1 }, type: { type: 'Type', id: 2 } } },
    Graph: {
      fields: {
        node: { rule: 'repeated', type: 'Node', id: 1 },
        name: { type: 'string', id: 2 },
        initializer: { rule: 'repeated', type: 'Tensor', id: 5 },
        docString: { type: 'string', id: 10 },
        input: { rule: 'repeated', type: 'ValueInfo', id: 11 },
        output: { rule: 'repeated', type: 'ValueInfo', id: 12 },
      },
    },
    OperatorSet: { fields: { domain: { type: 'string', id: 1 }, version: { type: 'int64', id: 2 } } },
    Model: {
      fields: {
        irVersion: { type: 'int64', id: 1 },
        producerName: { type: 'string', id: 2 },
        producerVersion: { type: 'string', id: 3 },
        docString: { type: 'string', id: 6 },
        graph: { type: 'Graph', id: 7 },
        opsetImport: { rule: 'repeated', type: 'OperatorSet', id: 8 },
        metadataProps: { rule: 'repeated', type: 'Entry', id: 14 },
      },
    },
  },
}

const Model = protobufMessage(SCHEMA, 'Model')

/** TensorProto.DataType. */
export const FLOAT = 1
export const UINT8 = 2
export const INT8 = 3
export const INT32 = 6
export const INT64 = 7
export const FLOAT16 = 10
/** TensorProto.DataLocation. */
export const EXTERNAL = 1

/** AttributeProto.AttributeType with the field that holds the value. */
export const attribute = {
  float: (name: string, f: number): AttributeProto => ({ name, f, type: 1 }),
  int: (name: string, i: number): AttributeProto => ({ name, i, type: 2 }),
  ints: (name: string, ints: readonly number[]): AttributeProto => ({ name, ints, type: 7 }),
}

export interface AttributeProto {
  readonly name: string
  readonly type: number
  readonly s?: Uint8Array
  readonly t?: TensorProto
  readonly floats?: readonly number[]
  readonly f?: number
  readonly i?: number
  readonly ints?: readonly number[]
}

export interface EntryProto {
  readonly key: string
  readonly value: string
}

export interface TensorProto {
  readonly name: string
  readonly dims: readonly number[]
  readonly dataType: number
  /** Little endian. */
  readonly rawData?: Uint8Array
  /** As other programs write values, where there are no raw bytes. */
  readonly floatData?: readonly number[]
  readonly int64Data?: readonly number[]
  readonly int32Data?: readonly number[]
  readonly doubleData?: readonly number[]
  readonly uint64Data?: readonly number[]
  readonly externalData?: readonly EntryProto[]
  readonly dataLocation?: number
}

export interface NodeProto {
  readonly name: string
  readonly opType: string
  readonly input: readonly string[]
  readonly output: readonly string[]
  readonly attribute: readonly AttributeProto[]
  readonly docString?: string
  /** Of the operator; left out: ONNX's own. */
  readonly domain?: string
}

export interface ValueInfoProto {
  readonly name: string
  readonly type: {
    readonly tensorType: {
      readonly elemType: number
      readonly shape: { readonly dim: readonly ({ readonly dimValue: number } | { readonly dimParam: string })[] }
    }
  }
}

export interface GraphProto {
  readonly name: string
  readonly node: readonly NodeProto[]
  readonly initializer: readonly TensorProto[]
  readonly input: readonly ValueInfoProto[]
  readonly output: readonly ValueInfoProto[]
}

export interface ModelProto {
  readonly irVersion: number
  readonly producerName: string
  readonly producerVersion: string
  readonly graph: GraphProto
  readonly opsetImport: readonly { readonly domain: string; readonly version: number }[]
  readonly metadataProps: readonly EntryProto[]
}

/** Numbers of the first axis are free: a named dimension. */
export function valueInfo(name: string, shape: readonly number[]): ValueInfoProto {
  const dim = [{ dimParam: 'batch' }, ...shape.map((dimValue) => ({ dimValue }))]
  return { name, type: { tensorType: { elemType: FLOAT, shape: { dim } } } }
}

export const encodeModel = (model: ModelProto): Uint8Array => Model.encode(model).finish()

/** @throws Error for bytes that are no protobuf message */
export const decodeModel = (bytes: Uint8Array): ModelProto =>
  Model.toObject(Model.decode(bytes), { arrays: true, longs: Number, defaults: false }) as ModelProto

/**
 * The model with further outputs: protobuf merges a message that is given twice, so what is appended joins the graph's lists and the
 * rest of the bytes stays as it was.
 * @param names of values of the graph; their types are inferred by whoever loads the model
 */
export function withOutputs(model: Uint8Array, names: readonly string[]): Uint8Array {
  const further = Model.encode({ graph: { output: names.map((name) => ({ name })) } }).finish()
  const bytes = new Uint8Array(model.length + further.length)
  bytes.set(model)
  bytes.set(further, model.length)
  return bytes
}
