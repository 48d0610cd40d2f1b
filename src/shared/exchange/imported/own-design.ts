// A file that the workbench wrote holds its design, with blocks, and its operators in the design's order: what they hold are the values of
// the design's layers, one after another.
import { ancestorsOf } from '../../architecture/ancestors'
import { BUILT_IN_BLOCKS } from '../../architecture/blocks'
import type { ArchitectureDocument } from '../../architecture/document'
import type { LayerGraph } from '../../architecture/layer'
import { requireShapes } from '../../architecture/infer'
import { prepareArchitecture } from '../../architecture/prepared'
import { required } from '../../required'
import type { ImportedArray, ImportedNetwork, ImportedValues, ReadNetwork } from './imported-network'
import { importedNetwork } from './imported-network'
import { arrayShapes } from './array-shapes'

/** Arrays of the layers that the output depends on, in the graph's order. */
export function wantedArrays(graph: LayerGraph): { readonly name: string; readonly shape: readonly number[] }[] {
  const shapes = requireShapes(graph)
  const reached = ancestorsOf(graph)
  return graph.nodes.flatMap((node) => {
    if (!reached.has(node.id)) return []
    const input = node.inputs[0] === undefined ? graph.input : required(shapes, node.inputs[0], 'shape')
    return Object.entries(arrayShapes(node.kind, node.parameters, input)).map(([role, shape]) => ({
      name: `${node.id}/${role}`,
      shape,
    }))
  })
}

/**
 * @param read the same file by its operators
 * @param document the design it holds
 * @throws AppError `invalid-architecture` where neither is a network
 */
export function withOwnDesign(read: ReadNetwork, document: ArchitectureDocument): ImportedNetwork {
  const { graph } = prepareArchitecture(document, BUILT_IN_BLOCKS)
  return {
    document,
    graph,
    problems: [],
    notes: [],
    scaling: read.scaling,
    values: () => ownValues(read, graph),
  }
}

function ownValues(read: ReadNetwork, graph: LayerGraph): ImportedValues {
  const found = read.graph.nodes.length === 0 ? [] : importedNetwork(read, 'own', 'an export').values().arrays
  const wanted = wantedArrays(graph)
  const arrays = wanted.map(({ name, shape }, i): ImportedArray | undefined => {
    const array = found[i]
    return array?.shape.join() === shape.join() && roleOf(array.name) === roleOf(name) ? { ...array, name } : undefined
  })
  const isAll = found.length === wanted.length && arrays.every((array) => array !== undefined)
  // Fused normalisations, for example, are no layers of the file any more.
  if (!isAll) return { arrays: [], missing: [...new Set(wanted.map(({ name }) => layerOf(name)))] }
  return { arrays: arrays.filter((array) => array !== undefined), missing: [] }
}

const layerOf = (name: string): string => name.slice(0, name.lastIndexOf('/'))
const roleOf = (name: string): string => name.slice(name.lastIndexOf('/') + 1)
