// Nodes of hand-written layer graphs, in one line each.
import type { LayerNode } from '../layer'

export const layerNode = (
  id: string,
  kind: string,
  inputs: readonly string[],
  parameters: LayerNode['parameters'] = {},
): LayerNode => ({ id, kind, inputs, parameters })
