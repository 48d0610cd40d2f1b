// A trained network as the files of a tfjs layers model: model.json and weight shards. Which layers stand for ours is
// layers-model.ts's, how files get to the disk write-export.ts's.
import { createHash } from 'node:crypto'
import { AppError } from '@shared/errors'
import { MIB } from '@shared/units'
import { buildNetwork } from '../../networks/network'
import { weightsFrom } from '../../networks/weights'
import type { ExportContent, ExportSource } from '../format'
import { readTrainedWeights } from '../trained-weights'
import { layersModel } from './layers-model'
import type { Topology, WeightEntry } from './topology'

/** As tfjs and its converter cut weights, so that a browser caches them. */
const SHARD_BYTES = 4 * MIB

function concatenated(weights: readonly WeightEntry[]): Buffer {
  return Buffer.concat(weights.map(({ values }) => Buffer.from(values.buffer, values.byteOffset, values.byteLength)))
}

function shards(bytes: Buffer): { name: string; content: Buffer }[] {
  const count = Math.max(1, Math.ceil(bytes.length / SHARD_BYTES))
  return Array.from({ length: count }, (_, i) => ({
    name: `group1-shard${i + 1}of${count}.bin`,
    content: bytes.subarray(i * SHARD_BYTES, (i + 1) * SHARD_BYTES),
  }))
}

function modelFile(topology: Topology, paths: readonly string[], document: unknown): Buffer {
  const weights = topology.weights.map(({ name, shape }) => ({ name, shape, dtype: 'float32' }))
  const model = {
    format: 'layers-model',
    generatedBy: 'GPT-NAS Workbench',
    convertedBy: null,
    modelTopology: topology.json,
    // The form that tfjs keeps; what opens a design finds it here too.
    userDefinedMetadata: { format: 'tfjs', architecture: document, files: [] },
    weightsManifest: [{ paths, weights }],
  }
  return Buffer.from(JSON.stringify(model))
}

/** @throws AppError `invalid-architecture`, `invalid-input` (weights of another network), `storage-failed` */
export async function writeTfjsLayers({ graph, document, weights }: ExportSource): Promise<ExportContent> {
  if (weights === null)
    throw new AppError('invalid-input', 'A tfjs layers model needs trained weights.', 'Choose a finished trial.')
  const network = buildNetwork(graph)
  const trained = await readTrainedWeights(weights)
  const topology = layersModel(network, weightsFrom(trained.arrays), trained.normalisation)
  const parts = shards(concatenated(topology.weights))
  const modelJson = modelFile(
    topology,
    parts.map(({ name }) => name),
    document,
  )
  return {
    files: [{ name: 'model.json', content: modelJson }, ...parts],
    metadata: {
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
