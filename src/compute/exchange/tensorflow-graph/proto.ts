// The part of TensorFlow's protobuf messages that is written here. Field numbers are those of the official protos (graph.proto,
// node_def.proto, attr_value.proto, tensor.proto, meta_graph.proto, saved_model.proto; Apache-2.0), which a test compares with the
// copy that tfjs carries. What a graph consists of is its builder's business.
import { protobufMessage, type ProtobufSchema } from '@shared/protobuf'

export const SCHEMA: ProtobufSchema = {
  nested: {
    DataType: { values: { DT_INVALID: 0, DT_FLOAT: 1, DT_INT32: 3 } },
    TensorShape: {
      fields: { dim: { rule: 'repeated', type: 'Dim', id: 2 } },
      nested: { Dim: { fields: { size: { type: 'int64', id: 1 } } } },
    },
    Tensor: {
      fields: {
        dtype: { type: 'DataType', id: 1 },
        tensorShape: { type: 'TensorShape', id: 2 },
        tensorContent: { type: 'bytes', id: 4 },
      },
    },
    AttrValue: {
      fields: {
        list: { type: 'ListValue', id: 1 },
        s: { type: 'bytes', id: 2 },
        i: { type: 'int64', id: 3 },
        f: { type: 'float', id: 4 },
        b: { type: 'bool', id: 5 },
        type: { type: 'DataType', id: 6 },
        shape: { type: 'TensorShape', id: 7 },
        tensor: { type: 'Tensor', id: 8 },
      },
      oneofs: { value: { oneof: ['list', 's', 'i', 'f', 'b', 'type', 'shape', 'tensor'] } },
      nested: { ListValue: { fields: { i: { rule: 'repeated', type: 'int64', id: 3 } } } },
    },
    NodeDef: {
      fields: {
        name: { type: 'string', id: 1 },
        op: { type: 'string', id: 2 },
        input: { rule: 'repeated', type: 'string', id: 3 },
        attr: { keyType: 'string', type: 'AttrValue', id: 5 },
      },
    },
    VersionDef: { fields: { producer: { type: 'int32', id: 1 }, minConsumer: { type: 'int32', id: 2 } } },
    GraphDef: {
      fields: {
        node: { rule: 'repeated', type: 'NodeDef', id: 1 },
        versions: { type: 'VersionDef', id: 4 },
      },
    },
    TensorInfo: {
      fields: {
        name: { type: 'string', id: 1 },
        dtype: { type: 'DataType', id: 2 },
        tensorShape: { type: 'TensorShape', id: 3 },
      },
    },
    SignatureDef: {
      fields: {
        inputs: { keyType: 'string', type: 'TensorInfo', id: 1 },
        outputs: { keyType: 'string', type: 'TensorInfo', id: 2 },
        methodName: { type: 'string', id: 3 },
      },
    },
    MetaGraphDef: {
      fields: {
        metaInfoDef: { type: 'MetaInfoDef', id: 1 },
        graphDef: { type: 'GraphDef', id: 2 },
        signatureDef: { keyType: 'string', type: 'SignatureDef', id: 5 },
      },
      nested: {
        MetaInfoDef: {
          fields: {
            metaGraphVersion: { type: 'string', id: 1 },
            tags: { rule: 'repeated', type: 'string', id: 4 },
            tensorflowVersion: { type: 'string', id: 5 },
          },
        },
      },
    },
    SavedModel: {
      fields: {
        savedModelSchemaVersion: { type: 'int64', id: 1 },
        metaGraphs: { rule: 'repeated', type: 'MetaGraphDef', id: 2 },
      },
    },
  },
}

const SavedModel = protobufMessage(SCHEMA, 'SavedModel')
const GraphDef = protobufMessage(SCHEMA, 'GraphDef')
const SignatureDef = protobufMessage(SCHEMA, 'SignatureDef')

export const DT_FLOAT = 1
export const DT_INT32 = 3

export interface ShapeProto {
  /** -1 is free. */
  readonly dim: readonly { readonly size: number }[]
}

export interface TensorProto {
  readonly dtype: number
  readonly tensorShape: ShapeProto
  /** Little endian. */
  readonly tensorContent?: Uint8Array
}

export interface AttrProto {
  readonly list?: { readonly i: readonly number[] }
  readonly s?: Uint8Array
  readonly i?: number
  readonly f?: number
  readonly b?: boolean
  readonly type?: number
  readonly shape?: ShapeProto
  readonly tensor?: TensorProto
}

export interface NodeProto {
  readonly name: string
  readonly op: string
  readonly input: readonly string[]
  readonly attr: Readonly<Record<string, AttrProto>>
}

export interface GraphProto {
  readonly node: readonly NodeProto[]
  readonly versions: { readonly producer: number; readonly minConsumer: number }
}

export interface TensorInfo {
  readonly name: string
  readonly dtype: number
  readonly tensorShape: ShapeProto
}

export interface SignatureProto {
  readonly inputs: Readonly<Record<string, TensorInfo>>
  readonly outputs: Readonly<Record<string, TensorInfo>>
  readonly methodName: string
}

export interface SavedModelProto {
  readonly savedModelSchemaVersion: number
  readonly metaGraphs: readonly {
    readonly metaInfoDef: {
      readonly metaGraphVersion: string
      readonly tags: readonly string[]
      readonly tensorflowVersion: string
    }
    readonly graphDef: GraphProto
    readonly signatureDef: Readonly<Record<string, SignatureProto>>
  }[]
}

export const shapeProto = (sizes: readonly number[]): ShapeProto => ({ dim: sizes.map((size) => ({ size })) })

const utf8 = new TextEncoder()

export const attr = {
  text: (value: string): AttrProto => ({ s: utf8.encode(value) }),
  int: (i: number): AttrProto => ({ i }),
  ints: (i: readonly number[]): AttrProto => ({ list: { i } }),
  float: (f: number): AttrProto => ({ f }),
  flag: (b: boolean): AttrProto => ({ b }),
  type: (type: number): AttrProto => ({ type }),
}

export const encodeSavedModel = (model: SavedModelProto): Uint8Array => SavedModel.encode(model).finish()

/** @throws Error for bytes that are no protobuf message */
export const decodeSavedModel = (bytes: Uint8Array): SavedModelProto =>
  SavedModel.toObject(SavedModel.decode(bytes), {
    arrays: true,
    objects: true,
    longs: Number,
  }) as SavedModelProto

/** As protobuf's own JSON has messages: enums by name, int64 as text, bytes in base64. What tfjs reads. */
const JSON_FORM = { enums: String, longs: String, bytes: String, arrays: false, objects: false } as const

export const graphJson = (graph: GraphProto): Record<string, unknown> =>
  GraphDef.toObject(GraphDef.fromObject({ ...graph }), JSON_FORM)

export const signatureJson = (signature: SignatureProto): Record<string, unknown> =>
  SignatureDef.toObject(SignatureDef.fromObject({ ...signature }), JSON_FORM)
