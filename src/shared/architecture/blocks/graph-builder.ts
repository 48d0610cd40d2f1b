// Builds a layer graph node by node, with shapes known at every step, so that a block can ask for the channels so far
// and a misfit is reported where it happens. Knows layers, no blocks.
import { AppError } from '../../errors'
import { completeParameters, layerDefinition, parameterProblems, type LayerKind } from '../catalogue'
import {
  INPUT_ID,
  inputShapes,
  type LayerGraph,
  type LayerNode,
  type ParameterValues,
  type TensorShape,
} from '../layer'

export interface GraphBuilder {
  /** Appends a layer that reads `inputs` (default: nothing but the graph's input) and returns its id. */
  layer(id: string, kind: LayerKind, parameters?: ParameterValues, inputs?: string | readonly string[]): string
  shapeOf(id: string): TensorShape
  /** Size of the last axis. */
  channelsOf(id: string): number
}

/**
 * The graph that `build` spells out; `build` returns the id of the output.
 * @param where names the block or network in messages.
 * @throws AppError `invalid-architecture` when a layer does not fit its inputs.
 */
export function buildGraph(where: string, input: TensorShape, build: (graph: GraphBuilder) => string): LayerGraph {
  const nodes: LayerNode[] = []
  const shapes = new Map<string, TensorShape>([[INPUT_ID, input]])
  const shapeOf = (id: string): TensorShape => {
    const shape = shapes.get(id)
    if (shape === undefined) throw new Error(`${where} reads layer ${id} before it is built`)
    return shape
  }
  const misfit = (id: string, reason: string): AppError =>
    new AppError(
      'invalid-architecture',
      `${where} does not fit an input of [${input.join(', ')}]: in layer ${id}, ${reason}.`,
      'Change the parameters of the block or what comes before it.',
    )
  const output = build({
    layer(id, kind, given = {}, from = INPUT_ID) {
      if (shapes.has(id)) throw new Error(`${where} uses the id ${id} twice`)
      const definition = layerDefinition(kind)
      const inputs = typeof from === 'string' ? [from] : from
      const problem = parameterProblems(definition, given)[0]
      if (problem !== undefined) throw misfit(id, problem)
      const parameters = completeParameters(definition, given)
      const result = definition.shape(parameters, inputShapes(inputs.map(shapeOf)))
      if (!result.ok) throw misfit(id, result.reason)
      shapes.set(id, result.shape)
      nodes.push({ id, kind, parameters, inputs })
      return id
    },
    shapeOf,
    channelsOf(id) {
      const shape = shapeOf(id)
      return shape[shape.length - 1]!
    },
  })
  return { input, nodes, output }
}
