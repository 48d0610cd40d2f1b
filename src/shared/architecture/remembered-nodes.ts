// What each record of a document came to the last time it was walked. An edit leaves nearly every record as it was, so the next
// walk finds it here as long as the same values come in. Records are immutable and keep their identity through edits.
import type { BlockDefinition } from './block'
import { isBinding, type BlockRecord, type LayerRecord } from './document/records'
import type { LayerNode, ParameterValues, TensorShape } from './layer'

/** A value on its way: the layer (or `INPUT_ID`) that makes it, and its shape. */
export interface Value {
  readonly id: string
  readonly shape: TensorShape
}

/** Faultless results only: a fault must be reported anew. */
export interface RememberedNode {
  readonly inputs: readonly Value[]
  /** What a block was made of; undefined for layers. */
  readonly block: BlockDefinition | undefined
  readonly parameters: ParameterValues
  readonly layers: readonly LayerNode[]
  readonly shapes: readonly TensorShape[]
  readonly value: Value
}

const remembered = new WeakMap<LayerRecord | BlockRecord, RememberedNode>()

function isSameValue(a: Value, b: Value): boolean {
  if (a === b) return true
  if (a.id !== b.id || a.shape.length !== b.shape.length) return false
  return a.shape.every((size, axis) => size === b.shape[axis])
}

/** @param block the definition that a block's name stands for now */
export function recallNode(
  record: LayerRecord | BlockRecord,
  inputs: readonly Value[],
  block: BlockDefinition | undefined,
): RememberedNode | undefined {
  const known = remembered.get(record)
  if (!known || known.inputs.length !== inputs.length || known.block !== block) return undefined
  for (let i = 0; i < inputs.length; i++) if (!isSameValue(inputs[i]!, known.inputs[i]!)) return undefined
  return known
}

/** Without effect for records with bindings, which mean something else in another scope. */
export function rememberNode(record: LayerRecord | BlockRecord, node: RememberedNode): void {
  for (const name in record.parameters) if (isBinding(record.parameters[name]!)) return
  remembered.set(record, node)
}
