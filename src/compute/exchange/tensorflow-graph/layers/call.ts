// What a layer's form in a TensorFlow graph is made from.
import type { LayerNode } from '@shared/architecture/layer'
import type { RoundedArray } from '../../rounding'
import type { GraphBuilder, Value } from '../graph-builder'

export interface Call {
  readonly builder: GraphBuilder
  /** With complete parameters. */
  readonly node: LayerNode
  readonly inputs: readonly [Value, ...Value[]]
  /** A stored array of the node by role. */
  readonly array: (role: string) => RoundedArray
}
export type Mapping = (call: Call) => Value
