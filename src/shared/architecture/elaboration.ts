// What the walk over a document finds (elaborate.ts): layers, shapes, where they came from, and every problem with its place.
import type { LayerNode, ParameterValues, TensorShape } from './layer'

/** Far above any network of the zoo (EfficientNet-B7 has about 1,100 layers); a block nested twice too often stops here. */
export const MAX_LAYERS = 20_000
/** Blocks inside one another. The zoo has none inside another; the paper's stand for what people nest twice or three times. */
export const MAX_BLOCK_DEPTH = 16
/** Values that layers and blocks read, in all: the connections of the largest document four times over. */
export const MAX_READS = 200_000
/** Letters of all layer ids: a layer inside blocks has theirs before its own. As many as `MAX_LAYERS` with 200 each. */
export const MAX_ID_LETTERS = 4_000_000
/** Problems told of one document: more are not read, and each costs a message and a repair. */
export const MAX_PROBLEMS = 500
/** Problems whose message looks for a name that was meant; looking costs more than the rest of the walk. */
export const MAX_GUESSES = 20

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
  /** What the walk has done, each at most a little above its limit, whatever the document. */
  readonly work: {
    /** Nodes looked at and layers made. */
    readonly visits: number
    readonly reads: number
    readonly idLetters: number
  }
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
