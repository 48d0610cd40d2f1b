// What every reader of another program's network gives: a design of ours, what of the file it is not, and the values of its layers.
import { ancestorsOf, withoutLastSoftmax } from '../../architecture/ancestors'
import { graphDocument, type ArchitectureDocument } from '../../architecture/document'
import { MAX_NODES } from '../../architecture/document/limits'
import { elementCount } from '../../element-count'
import { requireShapes } from '../../architecture/infer'
import { channelsOf, INPUT_ID, type LayerGraph } from '../../architecture/layer'
import { AppError } from '../../errors'
import { required } from '../../required'
import { quoted } from '../../quoted'
import { unscaled, type Scaling } from './scaling'
import { WorkBudget } from './work-budget'
import { NoLayer, tooManyLayers, type BuiltArray, type NetworkBuilder } from './network-builder'

export interface ImportProblem {
  /** Name of the node or layer in the file. */
  readonly place: string
  readonly operator: string
  /** A clause without a full stop. */
  readonly reason: string
}

export interface ImportedArray {
  /** `layer/role`, as the weights of a trained network are named. */
  readonly name: string
  readonly shape: readonly number[]
  readonly values: Float32Array
}

export interface ImportedValues {
  /** Every array of the graph that the file has values for. */
  readonly arrays: readonly ImportedArray[]
  /** Layers that should have values and for which the file has none, or not all. */
  readonly missing: readonly string[]
}

export interface ImportedNetwork {
  readonly document: ArchitectureDocument
  /** The document's layers. */
  readonly graph: LayerGraph
  /** Operators without a layer, which are identities in the document. */
  readonly problems: readonly ImportProblem[]
  /** What is otherwise than in the file. */
  readonly notes: readonly string[]
  /**
   * Read when it is asked for: weights are many.
   * @throws AppError `invalid-input` where the file does not hold as many values as it says
   */
  values(): ImportedValues
  readonly scaling: Scaling
}

/** One sentence for each operator that has no layer. */
export const problemLines = (problems: readonly ImportProblem[]): string[] =>
  problems.map(({ place, operator, reason }) => `${cut(operator)} at ${quoted(place)}: ${reason}.`)

const cut = (text: string): string => quoted(text).slice(1, -1)

/** The layers that lead to `output`, without the softmax behind the scores. */
export function endedGraph(builder: NetworkBuilder, output: string): LayerGraph {
  const graph = withoutLastSoftmax({ input: builder.input, nodes: builder.nodes, output })
  const reached = ancestorsOf(graph)
  return { ...graph, nodes: graph.nodes.filter(({ id }) => reached.has(id)) }
}

export interface ReadNetwork {
  readonly graph: LayerGraph
  readonly problems: readonly ImportProblem[]
  readonly notes: readonly string[]
  readonly arrays: ReadonlyMap<string, BuiltArray>
  readonly scaling: Scaling
  /** How much the file may make of what it holds. */
  readonly budget: WorkBudget
}

/**
 * @param name of the design
 * @param what the file is, with its article: "an ONNX model"
 * @throws AppError `invalid-architecture` where no network can be made of it
 */
export function importedNetwork(read: ReadNetwork, name: string, what: string): ImportedNetwork {
  const { graph, problems, notes, scaling } = read
  if (graph.nodes.length === 0)
    throw new AppError(
      'invalid-architecture',
      problems.length === 0
        ? `No network can be made of this file, ${what}: no layer leads from its image to its output.`
        : `No network can be made of this file, ${what}:\n${problemLines(problems.slice(0, MOST_TOLD)).join('\n')}`,
      'Networks here take one image and end with one score a class.',
    )
  if (graph.nodes.length > MAX_NODES) throw tooManyLayers(String(graph.nodes.length))
  const classes = elementCount(required(requireShapes(graph), graph.output, 'shape'))
  const document = graphDocument({ name: name.slice(0, 100) || 'network', classes, graph })
  return { document, graph, problems, notes, scaling, values: () => valuesOf(graph, read) }
}

/** Lines of problems that a refusal without a design tells. */
const MOST_TOLD = 100

function valuesOf(graph: LayerGraph, { arrays: known, budget }: ReadNetwork): ImportedValues {
  const arrays: ImportedArray[] = []
  const missing = new Set<string>()
  const here = new Set(graph.nodes.map(({ id }) => id))
  for (const [name, { shape, values }] of known) {
    const layer = name.slice(0, name.lastIndexOf('/'))
    if (!here.has(layer)) continue
    const found = arrayOf(values)
    if (found === undefined) {
      missing.add(layer)
      continue
    }
    budget.make(found)
    arrays.push({ name, shape, values: found })
  }
  return { arrays, missing: [...missing] }
}

function arrayOf(values: BuiltArray['values']): Float32Array | undefined {
  try {
    return values()
  } catch (thrown) {
    if (!(thrown instanceof NoLayer)) throw thrown
    throw new AppError('invalid-input', `The file is damaged: ${thrown.message}.`, 'Export it again.', {
      cause: thrown,
    })
  }
}

/** The scaling of the image, or the raw pixels and a problem. */
export function scalingOf(builder: NetworkBuilder, problems: ImportProblem[]): Scaling {
  try {
    return builder.scaling()
  } catch (thrown) {
    if (!(thrown instanceof NoLayer)) throw thrown
    problems.push({ place: 'the input', operator: 'scaling', reason: thrown.message })
    return unscaled(channelsOf(builder.input))
  }
}

/** What is given back where there is nothing to build. */
export const nothingRead = (problem: ImportProblem): ReadNetwork => ({
  graph: { input: [1], nodes: [], output: INPUT_ID },
  problems: [problem],
  notes: [],
  arrays: new Map(),
  scaling: unscaled(1),
  budget: new WorkBudget(),
})
