// A message of protocol buffers from a schema written in code: only the fields that are read or written are declared. What the
// numbers mean is said where the schema stands.
import protobuf from 'protobufjs/light'

/** Messages by name, as protobufjs reads them. */
export interface ProtobufSchema {
  readonly nested: Readonly<
    Record<
      string,
      {
        readonly fields: Record<string, protobuf.IField | protobuf.IMapField>
        readonly oneofs?: Record<string, protobuf.IOneOf>
      }
    >
  >
}

/** @param name of the outermost message in `schema` */
export const protobufMessage = (schema: ProtobufSchema, name: string): protobuf.Type =>
  protobuf.Root.fromJSON(schema).lookupType(name)
