// A message of protocol buffers from a schema written in code: only the fields that are read or written are declared. What the
// numbers mean is said where the schema stands.
import protobuf from 'protobufjs/light'

/** A message, or an enumeration where it has values, and what is declared inside it. */
export interface ProtobufPart {
  readonly fields?: Record<string, protobuf.IField | protobuf.IMapField>
  readonly oneofs?: Record<string, protobuf.IOneOf>
  readonly values?: Record<string, number>
  readonly nested?: Readonly<Record<string, ProtobufPart>>
}

/** Messages by name, as protobufjs reads them. */
export interface ProtobufSchema {
  readonly nested: Readonly<Record<string, ProtobufPart>>
}

/** @param name of the outermost message in `schema` */
export const protobufMessage = (schema: ProtobufSchema, name: string): protobuf.Type =>
  protobuf.Root.fromJSON(schema as protobuf.INamespace).lookupType(name)
