// Shapes of every layer of a graph, and the reasons where there are none. Pure and fast enough for every keystroke.
// Advice beyond shapes (dead branches, missing normalisation) belongs to checks/.
import { AppError } from '../errors'
import { required } from '../required'
import { catalogue, unknownKindReason } from './catalogue'
import { completeParameters, parameterProblems } from './catalogue/parameter-values'
import { INPUT_ID, inputShapes, type LayerGraph, type LayerNode, type TensorShape } from './layer'

export interface ShapeProblem {
  /** Id of the layer at fault; of the graph's named output when that does not exist. */
  readonly node: string
  /** What was expected and what came, as a clause without a full stop. */
  readonly reason: string
}

export interface ShapeInference {
  /** Shapes of the input (under `INPUT_ID`) and of every layer that has one. */
  readonly shapes: ReadonlyMap<string, TensorShape>
  /** Root causes only: a layer whose inputs have no shape is left out silently. Empty when every shape is known. */
  readonly problems: readonly ShapeProblem[]
}

/** Shapes in one pass over `graph.nodes`, which must be in topological order; never throws. */
export function inferShapes(graph: LayerGraph): ShapeInference {
  const shapes = new Map<string, TensorShape>()
  const problems: ShapeProblem[] = []
  const known = new Set<string>([INPUT_ID])
  if (isShape(graph.input)) shapes.set(INPUT_ID, graph.input)
  else
    problems.push({
      node: INPUT_ID,
      reason: `the input shape [${graph.input.join(', ')}] has a size that is not a positive whole number`,
    })

  for (const node of graph.nodes) {
    const result = known.has(node.id) ? `the id ${node.id} is used twice` : nodeShape(node, shapes, known)
    known.add(node.id)
    if (typeof result === 'string') problems.push({ node: node.id, reason: result })
    else if (result !== undefined) shapes.set(node.id, result)
  }
  if (!known.has(graph.output))
    problems.push({ node: graph.output, reason: `the output ${graph.output} is not a layer of the graph` })
  return { shapes, problems }
}

/**
 * Shapes of a graph that must be sound.
 * @throws AppError `invalid-architecture` naming the first layer at fault.
 */
export function requireShapes(graph: LayerGraph): ReadonlyMap<string, TensorShape> {
  const { shapes, problems } = inferShapes(graph)
  const first = problems[0]
  if (first === undefined) return shapes
  const others = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
  throw new AppError(
    'invalid-architecture',
    `Layer ${first.node}: ${first.reason}${others}.`,
    'Correct this layer or what leads to it; the design view marks it.',
  )
}

/** The shape that leaves a sound graph. @throws as `requireShapes`. */
export function outputShape(graph: LayerGraph): TensorShape {
  return required(requireShapes(graph), graph.output, 'shape')
}

function isShape(shape: TensorShape): boolean {
  return (shape.length === 1 || shape.length === 3) && shape.every((size) => Number.isInteger(size) && size > 0)
}

/** A shape, a reason, or undefined when an input has no shape (its own problem is told already). */
function nodeShape(
  node: LayerNode,
  shapes: ReadonlyMap<string, TensorShape>,
  known: ReadonlySet<string>,
): TensorShape | string | undefined {
  const definition = catalogue.get(node.kind)
  if (definition === undefined) return unknownKindReason(node.kind)
  const parameterProblem = parameterProblems(definition, node.parameters)
  if (parameterProblem.length > 0) return parameterProblem.join('; ')
  const { min, max } = definition.inputs
  if (node.inputs.length < min || node.inputs.length > max) {
    const expected = min === max ? `${min} input${min === 1 ? '' : 's'}` : `${min} to ${max} inputs`
    return `${definition.title} expects ${expected}, received ${node.inputs.length}`
  }
  const inputs: TensorShape[] = []
  let isComplete = true
  for (const id of node.inputs) {
    if (!known.has(id)) return `the input ${id} is not an earlier layer`
    const shape = shapes.get(id)
    if (shape === undefined) isComplete = false
    else inputs.push(shape)
  }
  if (!isComplete) return undefined
  const result = definition.shape(completeParameters(definition, node.parameters), inputShapes(inputs))
  return result.ok ? result.shape : result.reason
}
