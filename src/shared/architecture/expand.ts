// From document to layer graph: blocks spelled out in place under prefixed ids, bindings replaced, shapes inferred on the
// way because a block needs its input's shape. The tolerant walk is elaborate.ts; this is the strict face of it.
import { AppError } from '../errors'
import type { BlockLibrary } from './block'
import type { Elaboration } from './elaboration'
import { elaborate } from './elaborate'
import type { LayerGraph, ParameterValues, TensorShape } from './layer'
import type { ArchitectureDocument } from './document/records'

export interface Expansion {
  readonly graph: LayerGraph
  /** Layer id -> id of the document's node it came from: cost and errors are shown there. */
  readonly nodeOf: ReadonlyMap<string, string>
  /** Output shape of every layer, and the input's under `INPUT_ID`. */
  readonly shapes: ReadonlyMap<string, TensorShape>
  /** Output shape of every node of the document that leads to the output, `input` included. */
  readonly nodeShapes: ReadonlyMap<string, TensorShape>
}

/**
 * Spells a network or block out in layers. Only what leads to the output is in the graph; a layer of node `n` is called
 * `n`, one of block node `n` is called `n/inner`. A network's output is its logits: softmax belongs to the loss.
 * @throws AppError `invalid-architecture` with the first reason and its node, also for blocks that contain each other.
 */
export function expandDocument(document: ArchitectureDocument, library: BlockLibrary): Expansion {
  return strict(document, elaborate(document, library))
}

/** A block document for given parameters (missing ones at their defaults) and input shape. @throws as `expandDocument`. */
export function expandBlockDocument(
  document: ArchitectureDocument,
  parameters: ParameterValues,
  input: TensorShape,
  library: BlockLibrary,
): LayerGraph {
  return strict(document, elaborate(document, library, { parameters, input })).graph
}

function strict(document: ArchitectureDocument, result: Elaboration): Expansion {
  const problem = result.problems[0]
  if (problem || result.output === undefined) {
    const meta = document.records.meta
    const name = meta?.type === 'meta' ? meta.name : 'the document'
    const place = problem?.nodeId === undefined ? '' : `, node "${problem.nodeId}"`
    throw new AppError(
      'invalid-architecture',
      `"${name}"${place}: ${problem?.message ?? 'nothing reaches the output.'}`,
      'Open it in the editor: the list of problems names every place and offers repairs.',
    )
  }
  const { input, layers, output, nodeOf, shapes, nodeShapes } = result
  return { graph: { input, nodes: layers, output }, nodeOf, shapes, nodeShapes }
}
