// A design from an ONNX file: our own design where the workbench wrote the file, else what its operators are in layers of ours.
import { parseDocument, graphDocument, type ArchitectureDocument } from '../../architecture/document'
import { elementCount } from '../../element-count'
import { requireShapes } from '../../architecture/infer'
import { AppError } from '../../errors'
import { required } from '../../required'
import { importGraph, type ImportProblem } from './import-graph'
import { readOnnxGraph, type OnnxGraph } from './read-graph'

export interface ImportedDesign {
  readonly document: ArchitectureDocument
  /** Operators without a layer, which are identities in the document. */
  readonly problems: readonly ImportProblem[]
  /** What is otherwise than in the file. */
  readonly notes: readonly string[]
}

/** What we write into `metadata_props`; undefined where there is none, or it is none of ours. */
function ownDesign({ properties }: OnnxGraph): ArchitectureDocument | undefined {
  const text = properties.get('architecture')
  if (text === undefined) return undefined
  try {
    return parseDocument(JSON.parse(text))
  } catch {
    return undefined // somebody else's property of that name: the graph itself is read
  }
}

/** One sentence for each operator that has no layer. */
export const problemLines = (problems: readonly ImportProblem[]): string[] =>
  problems.map(({ place, operator, reason }) => `${operator} at "${place}": ${reason}.`)

/**
 * @param name of the design
 * @throws AppError `invalid-input` for what is no ONNX model, `invalid-architecture` where no network can be made of it
 */
export function designFromOnnx(bytes: Uint8Array, name: string): ImportedDesign {
  const source = readOnnxGraph(bytes)
  const own = ownDesign(source)
  if (own !== undefined) return { document: own, problems: [], notes: [] }
  const { graph, problems, notes } = importGraph(source)
  if (graph.nodes.length === 0)
    throw new AppError(
      'invalid-architecture',
      `No network can be made of this ONNX model:\n${problemLines(problems).join('\n')}`,
      'Networks here take one image and end with one score a class.',
    )
  const classes = elementCount(required(requireShapes(graph), graph.output, 'shape'))
  return { document: graphDocument({ name, classes, graph }), problems, notes }
}
