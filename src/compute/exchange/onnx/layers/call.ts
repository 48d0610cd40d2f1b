// What a layer's form in ONNX is made from.
import type { LayerNode } from '@shared/architecture/layer'
import type { NamedArray } from '../../../networks/weights'
import type { Scale } from '../quantise'
import type { FlatMap, GraphBuilder, Value } from '../graph-builder'

export interface Call {
  readonly builder: GraphBuilder
  /** With complete parameters. */
  readonly node: LayerNode
  /** In our order of features. */
  readonly inputs: readonly [Value, ...Value[]]
  /** The same, where a flattened map may still be one. */
  readonly given: readonly [Value | FlatMap, ...(Value | FlatMap)[]]
  /** What the first input was rounded to; null where nothing is. */
  readonly rounded: Scale | null
  /** A stored array of the node by role. */
  readonly array: (role: string) => NamedArray
}
export type Mapping = (call: Call) => Value | FlatMap
