// A trained network as the files of a tfjs layers model: model.json and weight shards. Which layers stand for ours is
// layers-model.ts's, how files get to the disk write-export.ts's.
import { createHash } from 'node:crypto'
import { AppError } from '@shared/errors'
import { storedWeightsSchema } from '@shared/exchange/weight-precision'
import { buildNetwork } from '../../networks/network'
import type { ExportContent, ExportSource } from '../format'
import { refuseTooLarge } from '../refuse-too-large'
import { roundedWeights } from '../rounding'
import { weightFiles } from '../tfjs/weights-manifest'
import { readTrainedWeights } from '../trained-weights'
import { layersModel } from './layers-model'
import type { Topology } from './topology'

function modelFile(topology: Topology, manifest: readonly unknown[], document: unknown): Buffer {
  const model = {
    format: 'layers-model',
    generatedBy: 'GPT-NAS Workbench',
    convertedBy: null,
    modelTopology: topology.json,
    // The form that tfjs keeps; what opens a design finds it here too.
    userDefinedMetadata: { format: 'tfjs', architecture: document, files: [] },
    weightsManifest: manifest,
  }
  return Buffer.from(JSON.stringify(model))
}

/** @throws AppError `invalid-architecture`, `invalid-input` (weights of another network), `storage-failed` */
export async function writeTfjsLayers({
  graph,
  document,
  weights,
  options: wish = {},
}: ExportSource): Promise<ExportContent> {
  if (weights === null)
    throw new AppError('invalid-input', 'A tfjs layers model needs trained weights.', 'Choose a finished trial.')
  const options = storedWeightsSchema.parse(wish)
  const network = buildNetwork(graph)
  refuseTooLarge(network, {
    title: 'a tfjs layers model',
    reason: 'browsers take its weights as one buffer',
    bytesPerWeight: 4,
    precision: 'float32',
    advice: 'Export as onnx with precision float16, or as pytorch.',
  })
  const trained = await readTrainedWeights(weights)
  const topology = layersModel(network, roundedWeights(trained.arrays, options.weights), trained.normalisation)
  const { files, manifest } = weightFiles(topology.weights)
  return {
    files: [{ name: 'model.json', content: modelFile(topology, manifest, document) }, ...files],
    metadata: {
      options,
      input: {
        shape: network.graph.input,
        range: [0, 255],
        note: 'Raw pixels; the model normalises them itself.',
        normalisation: trained.normalisation,
      },
      output: { shape: [network.classes], note: 'Class probabilities.' },
      parameters: network.parameterCount,
      weights: { sha256: trained.sha256, epoch: trained.epoch },
      layerGraphSha256: createHash('sha256').update(JSON.stringify(network.graph)).digest('hex'),
    },
  }
}
