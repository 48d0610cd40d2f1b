// The architecture document's data: plain JSON records by stable id, never tensors. What the editor shows, files hold,
// trials store and compute builds (after expand). Parsing belongs to parse.ts, changes to edit/, meaning to expand.ts.
import type { ParameterSpecs, ParameterValue, TensorShape } from '../layer'

export const DOCUMENT_FORMAT = 'gptnas-architecture/1'

/** Ids of the records every document has exactly once. */
export const META_ID = 'meta'
export const INPUT_NODE_ID = 'input'
export const OUTPUT_NODE_ID = 'output'

/**
 * A parameter that follows one of the surrounding scope: a block's declared parameters, or `classes` in a network.
 * The value is `scope[bind] * times[0] / times[1]`, rounded to the nearest integer and at least 1 where an integer is
 * asked; a number bound to a pair fills both places.
 */
export interface Binding {
  readonly bind: string
  readonly times?: readonly [number, number]
}
export type DocumentValue = ParameterValue | Binding
export type DocumentParameters = Readonly<Record<string, DocumentValue>>

/** Canvas coordinates in CSS pixels at zoom 1; the editor lays out nodes that have none. */
export interface Position {
  readonly x: number
  readonly y: number
}

interface NodeBase {
  readonly id: string
  /** What the user calls it; shown instead of the kind. */
  readonly label?: string
  readonly position?: Position
}

/** Where values enter or leave; every document has one of each, with the fixed ids. */
export interface TerminalRecord extends NodeBase {
  readonly type: 'input' | 'output'
}

export interface LayerRecord extends NodeBase {
  readonly type: 'layer'
  /** A key of the catalogue. */
  readonly kind: string
  /** Only what differs from the defaults needs to be here. */
  readonly parameters: DocumentParameters
}

export interface BlockRecord extends NodeBase {
  readonly type: 'block'
  /** Name of a definition in this document, else of a block in the library. */
  readonly block: string
  readonly parameters: DocumentParameters
}

export type NodeRecord = TerminalRecord | LayerRecord | BlockRecord
/** A node the user adds and deletes. */
export type InnerNodeRecord = LayerRecord | BlockRecord

/** One value going from one node to one input of another; inputs are taken in the order of their slots. */
export interface EdgeRecord {
  readonly id: string
  readonly type: 'edge'
  readonly from: string
  readonly to: string
  /** 0 for a node with one input; gaps are allowed, two edges in one slot are an error. */
  readonly slot: number
}

/** A user's block that nodes of this document name, so that a file needs nothing beside it. Never nested. */
export interface DefinitionRecord {
  readonly id: string
  readonly type: 'definition'
  readonly name: string
  readonly document: ArchitectureDocument
}

export interface NetworkMeta {
  readonly id: typeof META_ID
  readonly type: 'meta'
  readonly kind: 'network'
  readonly name: string
  /** `[height, width, channels]` of one image. */
  readonly input: TensorShape
  /** Number of classes; nodes follow it with `{ "bind": "classes" }`. The graph's output is logits `[classes]`. */
  readonly classes: number
}

export interface BlockMeta {
  readonly id: typeof META_ID
  readonly type: 'meta'
  readonly kind: 'block'
  /** Kebab-case, unique in a library. */
  readonly name: string
  readonly title?: string
  readonly help?: string
  /** Example input for shapes and costs in the editor; an instance gets its own. */
  readonly input: TensorShape
  readonly parameters: ParameterSpecs
}
export type MetaRecord = NetworkMeta | BlockMeta

export type DocumentRecord = MetaRecord | NodeRecord | EdgeRecord | DefinitionRecord

/** A network or a block. Immutable: every edit is a diff that gives a new document sharing what did not change. */
export interface ArchitectureDocument {
  readonly format: typeof DOCUMENT_FORMAT
  readonly records: Readonly<Record<string, DocumentRecord>>
}

export function isBinding(value: DocumentValue): value is Binding {
  return typeof value === 'object' && 'bind' in value
}

export function isNode(record: DocumentRecord): record is NodeRecord {
  return record.type === 'layer' || record.type === 'block' || record.type === 'input' || record.type === 'output'
}

export function isInnerNode(record: DocumentRecord): record is InnerNodeRecord {
  return record.type === 'layer' || record.type === 'block'
}

/** Record id of the definition of a block name. */
export function definitionId(name: string): string {
  return `definition.${name}`
}
