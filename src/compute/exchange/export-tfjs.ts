// Writes a trained network as a tfjs layers model: reads the weights, maps the layers, writes the files.
import { createHash } from 'node:crypto'
import type { LayerGraph } from '@shared/architecture/layer'
import { buildNetwork } from '../networks/network'
import { weightsFrom } from '../networks/weights'
import { layersModel } from './tfjs-layers/layers-model'
import { readTrainedWeights } from './trained-weights'
import { writeLayersModel, type WrittenFile } from './write-layers-model'

export interface TfjsExport {
  readonly graph: LayerGraph
  /** Weights file of a trial. */
  readonly weights: string
  /** Takes its name only when the export is complete; an older one there is replaced. */
  readonly folder: string
  /** Joined by what is known here: input, output, where the weights come from. */
  readonly metadata: Readonly<Record<string, unknown>>
}

/** @throws AppError `invalid-architecture`, `invalid-input` (weights of another network), `storage-failed` */
export async function exportTfjs({ graph, weights, folder, metadata }: TfjsExport): Promise<WrittenFile[]> {
  const network = buildNetwork(graph)
  const trained = await readTrainedWeights(weights)
  const topology = layersModel(network, weightsFrom(trained.arrays), trained.normalisation)
  const architecture = createHash('sha256').update(JSON.stringify(network.graph)).digest('hex')
  return writeLayersModel(folder, topology, {
    ...metadata,
    input: {
      shape: network.graph.input,
      range: [0, 255],
      note: 'Raw pixels; the model normalises them itself.',
      normalisation: trained.normalisation,
    },
    output: { shape: [network.classes], note: 'Class probabilities.' },
    parameters: network.parameterCount,
    weights: { sha256: trained.sha256, epoch: trained.epoch },
    layerGraphSha256: architecture,
  })
}
