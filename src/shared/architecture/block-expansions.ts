// Blocks of the library spelled out once per parameters and input: networks repeat their blocks, and every keystroke asks for
// the same ones again. Built-in blocks are pure functions, so what they gave can be kept while their definition lives.
import { AppError } from '../errors'
import { required } from '../required'
import type { BlockDefinition } from './block'
import { completeParameters, layerDefinition } from './catalogue'
import { INPUT_ID, inputShapes, type LayerNode, type ParameterValues, type TensorShape } from './layer'

export interface BlockExpansion {
  /** Ids and inputs as inside the block; parameters complete. */
  readonly nodes: readonly LayerNode[]
  /** Output shape of each node. */
  readonly shapes: readonly TensorShape[]
  readonly output: string
}

/** Expansions kept of one block; a network has a few dozen different ones. */
const MAX_KEPT = 500
const kept = new WeakMap<BlockDefinition, Map<string, BlockExpansion>>()

function keyOf(parameters: ParameterValues, input: TensorShape): string {
  let key = input.join('x')
  // Parameters are complete and in the definition's order.
  for (const name in parameters) key += `|${String(parameters[name])}`
  return key
}

/**
 * @param parameters complete, in the order of the definition
 * @returns the expansion, or why the block cannot take that input
 */
export function blockExpansion(
  block: BlockDefinition,
  parameters: ParameterValues,
  input: TensorShape,
): BlockExpansion | { readonly reason: string } {
  let expansions = kept.get(block)
  if (!expansions) kept.set(block, (expansions = new Map()))
  const key = keyOf(parameters, input)
  let expansion = expansions.get(key)
  if (!expansion) {
    const result = expand(block, parameters, input)
    if ('reason' in result) return result
    expansion = result
    if (expansions.size < MAX_KEPT) expansions.set(key, expansion)
  }
  return expansion
}

function expand(
  block: BlockDefinition,
  values: ParameterValues,
  input: TensorShape,
): BlockExpansion | { readonly reason: string } {
  let graph
  try {
    graph = block.expand(values, input)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { reason: error.fix === undefined ? error.message : `${error.message} ${error.fix}` }
  }
  const known = new Map<string, TensorShape>([[INPUT_ID, input]])
  const nodes: LayerNode[] = []
  const shapes: TensorShape[] = []
  for (const node of graph.nodes) {
    const definition = layerDefinition(node.kind)
    const parameters = completeParameters(definition, node.parameters)
    const result = definition.shape(parameters, inputShapes(node.inputs.map((id) => required(known, id, 'shape'))))
    if (!result.ok) return { reason: `inside block "${block.name}", ${node.id}: ${result.reason}` }
    known.set(node.id, result.shape)
    nodes.push({ ...node, parameters })
    shapes.push(result.shape)
  }
  return { nodes, shapes, output: graph.output }
}
