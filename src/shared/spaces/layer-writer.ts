// Writes layer graphs node by node for the cell spaces: complete parameters, ids chosen by the caller.
import { completeParameters, layerDefinition } from '../architecture/catalogue'
import type { LayerNode, ParameterValues } from '../architecture/layer'

export class LayerWriter {
  readonly nodes: LayerNode[] = []

  /** Appends a layer and returns its id. @throws AppError for an unknown kind or parameters out of range. */
  layer(id: string, kind: string, parameters: ParameterValues, inputs: readonly string[]): string {
    this.nodes.push({ id, kind, parameters: completeParameters(layerDefinition(kind), parameters), inputs })
    return id
  }
}
