// What the walk over a document finds (elaborate.ts): layers, shapes, where they came from, and every problem with its place.
import type { LayerNode, ParameterValues, TensorShape } from './layer'

/** Far above any network of the zoo (EfficientNet-B7 has about 1,100 layers); a block nested twice too often stops here. */
export const MAX_LAYERS = 20_000

export type ElaborationProblemCode =
  | 'unknown-kind'
  | 'unknown-block'
  | 'parameter-range'
  | 'input-count'
  | 'shape-mismatch'
  | 'below-one'
  | 'groups'
  | 'block-failed'
  | 'block-cycle'
  | 'cycle'
  | 'no-output'
  | 'several-outputs'
  | 'too-large'

export interface ElaborationProblem {
  readonly code: ElaborationProblemCode
  /** A node of the outermost document. */
  readonly nodeId?: string
  readonly message: string
  /** The parameter, where one is the reason. */
  readonly parameter?: string
  /** What the node's inputs were, where shapes are the reason. */
  readonly inputs?: readonly TensorShape[]
}

export interface Elaboration {
  readonly input: TensorShape
  /** In topological order; incomplete when there are problems. */
  readonly layers: readonly LayerNode[]
  /** Layer (or `INPUT_ID`) whose value leaves; undefined when a problem is in the way. */
  readonly output: string | undefined
  readonly nodeOf: ReadonlyMap<string, string>
  readonly shapes: ReadonlyMap<string, TensorShape>
  readonly nodeShapes: ReadonlyMap<string, TensorShape>
  /** Complete parameters of the document's own layers and blocks. */
  readonly parameters: ReadonlyMap<string, ParameterValues>
  readonly problems: readonly ElaborationProblem[]
}

export interface ElaborationOptions {
  /** Values of a block's parameters; missing ones take their defaults. */
  readonly parameters?: ParameterValues
  /** Input shape; default: the document's own. */
  readonly input?: TensorShape
  /** Also walk nodes that do not lead to the output, so that the editor can show their shapes. Default false. */
  readonly withDeadParts?: boolean
}
