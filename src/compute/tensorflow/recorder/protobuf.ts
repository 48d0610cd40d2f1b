// Writes a GraphDef inside a SavedModel: the one form in which the stock binding takes a graph. Only the fields that are
// written are declared; numbers are those of TensorFlow's graph.proto, node_def.proto, attr_value.proto and saved_model.proto.
import { protobufMessage, type ProtobufSchema } from '@shared/protobuf'

const SCHEMA: ProtobufSchema = {
  nested: {
    Dim: { fields: { size: { type: 'int64', id: 1 } } },
    Shape: { fields: { dim: { rule: 'repeated', type: 'Dim', id: 2 } } },
    TensorProto: {
      fields: {
        dtype: { type: 'int32', id: 1 },
        tensorShape: { type: 'Shape', id: 2 },
        tensorContent: { type: 'bytes', id: 4 },
        floatVal: { rule: 'repeated', type: 'float', id: 5 },
        intVal: { rule: 'repeated', type: 'int32', id: 7 },
        boolVal: { rule: 'repeated', type: 'bool', id: 11 },
      },
    },
    ListValue: {
      fields: {
        s: { rule: 'repeated', type: 'bytes', id: 2 },
        i: { rule: 'repeated', type: 'int64', id: 3 },
        f: { rule: 'repeated', type: 'float', id: 4 },
        b: { rule: 'repeated', type: 'bool', id: 5 },
        type: { rule: 'repeated', type: 'int32', id: 6 },
      },
    },
    AttrValue: {
      oneofs: { value: { oneof: ['list', 's', 'i', 'f', 'b', 'type', 'shape', 'tensor'] } },
      fields: {
        list: { type: 'ListValue', id: 1 },
        s: { type: 'bytes', id: 2 },
        i: { type: 'int64', id: 3 },
        f: { type: 'float', id: 4 },
        b: { type: 'bool', id: 5 },
        type: { type: 'int32', id: 6 },
        shape: { type: 'Shape', id: 7 },
        tensor: { type: 'TensorProto', id: 8 },
      },
    },
    NodeDef: {
      fields: {
        name: { type: 'string', id: 1 },
        op: { type: 'string', id: 2 },
        input: { rule: 'repeated', type: 'string', id: 3 },
        attr: { keyType: 'string', type: 'AttrValue', id: 5 },
      },
    },
    Versions: { fields: { producer: { type: 'int32', id: 1 }, minConsumer: { type: 'int32', id: 2 } } },
    GraphDef: {
      fields: { node: { rule: 'repeated', type: 'NodeDef', id: 1 }, versions: { type: 'Versions', id: 4 } },
    },
    MetaInfo: { fields: { tags: { rule: 'repeated', type: 'string', id: 4 } } },
    MetaGraph: { fields: { metaInfoDef: { type: 'MetaInfo', id: 1 }, graphDef: { type: 'GraphDef', id: 2 } } },
    SavedModel: {
      fields: {
        savedModelSchemaVersion: { type: 'int64', id: 1 },
        metaGraphs: { rule: 'repeated', type: 'MetaGraph', id: 2 },
      },
    },
  },
}

const SavedModel = protobufMessage(SCHEMA, 'SavedModel')

export interface ShapeProto {
  readonly dim: readonly { readonly size: number }[]
}

export interface TensorProto {
  readonly dtype: number
  readonly tensorShape: ShapeProto
  readonly tensorContent?: Uint8Array
  /** One value stands for a tensor filled with it. */
  readonly floatVal?: readonly number[]
  readonly intVal?: readonly number[]
  readonly boolVal?: readonly boolean[]
}

/** Exactly one field is set. */
export interface AttrValue {
  readonly list?: {
    readonly s?: readonly Uint8Array[]
    readonly i?: readonly number[]
    readonly f?: readonly number[]
    readonly b?: readonly boolean[]
    readonly type?: readonly number[]
  }
  readonly s?: Uint8Array
  readonly i?: number
  readonly f?: number
  readonly b?: boolean
  readonly type?: number
  readonly shape?: ShapeProto
  readonly tensor?: TensorProto
}

export interface NodeDef {
  readonly name: string
  readonly op: string
  /** `node`, `node:output`, then control inputs as `^node`. */
  readonly input: readonly string[]
  readonly attr: Readonly<Record<string, AttrValue>>
}

export const shapeProto = (shape: readonly number[]): ShapeProto => ({ dim: shape.map((size) => ({ size })) })

/** The tag under which the graph is found again when loading. */
export const SERVING_TAG = 'serve'

/** Graph versions of TensorFlow 2.x: producers from 1.x on are read alike, 12 is the consumer version since 2016. */
const VERSIONS = { producer: 1994, minConsumer: 12 }

/** The bytes of `saved_model.pb`. */
export function encodeSavedModel(nodes: readonly NodeDef[]): Uint8Array {
  const model = {
    savedModelSchemaVersion: 1,
    metaGraphs: [{ metaInfoDef: { tags: [SERVING_TAG] }, graphDef: { node: nodes, versions: VERSIONS } }],
  }
  return SavedModel.encode(model).finish()
}
