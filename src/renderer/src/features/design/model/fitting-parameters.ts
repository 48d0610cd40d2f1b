// Parameters that let a new node fit where it is put: as wide as what feeds it, or following the width of the block being
// designed. Only a start: the user changes them like any other.
import type { BlockLibrary } from '@shared/architecture/block'
import { BUILT_IN_BLOCKS, chainableWidth } from '@shared/architecture/blocks'
import { catalogue } from '@shared/architecture/catalogue'
import {
  OUTPUT_NODE_ID,
  metaOf,
  type ArchitectureDocument,
  type DocumentParameters,
  type NewNode,
  type Place,
} from '@shared/architecture/document'
import { inspectNow } from '../inspecting/inspector'

/** Empty for a node whose defaults fit anywhere. */
export function fittingParameters(
  document: ArchitectureDocument,
  library: BlockLibrary,
  node: NewNode,
  place: Place | undefined,
): DocumentParameters {
  const meta = metaOf(document)
  const specs = 'kind' in node ? catalogue.get(node.kind)?.parameters : library.get(node.block)?.parameters
  if (specs === undefined) return {}
  const name = 'width' in specs ? 'width' : 'channels' in specs ? 'channels' : undefined
  if (name === undefined) {
    const endsInClasses = meta.kind === 'network' && 'features' in specs && leadsToOutput(document, place)
    return endsInClasses ? { features: { bind: 'classes' } } : {}
  }
  if (meta.kind === 'block' && 'width' in meta.parameters) return { [name]: { bind: 'width' } }
  const source = sourceOf(document, place)
  const shape = source === undefined ? undefined : inspectNow(document, library)?.nodeShapes.get(source)
  const channels = shape?.length === 3 ? shape[2] : undefined
  // Images have so few channels that a layer as wide would be a mistake.
  if (channels === undefined || source === 'input') return {}
  const builtIn = 'block' in node ? BUILT_IN_BLOCKS.get(node.block) : undefined
  return { [name]: builtIn ? chainableWidth(builtIn, channels) : channels }
}

function sourceOf(document: ArchitectureDocument, place: Place | undefined): string | undefined {
  if (place === undefined) return undefined
  if ('after' in place) return place.after
  if ('between' in place) return place.between[0]
  const edge = document.records[place.edge]
  return edge?.type === 'edge' ? edge.from : undefined
}

function leadsToOutput(document: ArchitectureDocument, place: Place | undefined): boolean {
  if (place === undefined) return false
  if ('between' in place) return place.between[1] === OUTPUT_NODE_ID
  return Object.values(document.records).some(
    (record) =>
      record.type === 'edge' &&
      record.to === OUTPUT_NODE_ID &&
      ('edge' in place ? record.id === place.edge : record.from === place.after),
  )
}
