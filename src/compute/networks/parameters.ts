// The arrays of a whole network by name: what is initialised, trained, checkpointed and exported. What each kind stores is
// in layers/.
import { isLayerKind } from '@shared/architecture/catalogue'
import type { InputShapes, LayerNode } from '@shared/architecture/layer'
import { LAYERS } from './layers'
import type { LayerArray } from './layers/layer'

export interface StoredArray extends LayerArray {
  /** `nodeId/role` */
  readonly name: string
  readonly node: string
}

export const arrayName = (node: string, role: string): string => `${node}/${role}`

/**
 * Arrays of one node in the order they are built; empty for kinds without weights.
 * @param node with complete parameters
 * @param inputs shapes of the node's inputs without the batch
 */
export function storedArrays(node: LayerNode, inputs: InputShapes): StoredArray[] {
  if (!isLayerKind(node.kind)) throw new RangeError(`No layer for kind ${node.kind}`)
  const arrays = LAYERS[node.kind].arrays(node.parameters, inputs)
  return arrays.map((array) => ({ ...array, name: arrayName(node.id, array.role), node: node.id }))
}
