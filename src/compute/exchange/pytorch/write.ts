// A trained network as PyTorch source with its weights as safetensors, and how to use the two.
import { createHash } from 'node:crypto'
import { AppError } from '@shared/errors'
import { buildNetwork } from '../../networks/network'
import { arrayName } from '../../networks/parameters'
import { weightsFrom } from '../../networks/weights'
import { requireWeights } from '../require-weights'
import type { ExportContent, ExportSource } from '../format'
import { readTrainedWeights } from '../trained-weights'
import { safetensors } from './safetensors'
import { pythonSource } from './source'
import { moduleText } from './template'

/** @throws AppError `invalid-architecture`, `invalid-input` (weights of another network), `storage-failed` */
export async function writePyTorch({ graph, document, weights, metadata = {} }: ExportSource): Promise<ExportContent> {
  if (weights === null)
    throw new AppError('invalid-input', 'PyTorch source with weights needs trained ones.', 'Choose a finished trial.')
  const network = buildNetwork(graph)
  const { arrays, normalisation, sha256, epoch } = await readTrainedWeights(weights)
  const stored = weightsFrom(arrays)
  requireWeights(network, stored)
  const source = pythonSource(network, document)
  const tensors = source.weights.map(({ name, node, array }) => ({
    name: `network.${name}`,
    ...array.turn(stored.get(arrayName(node, array.role))!),
  }))
  const classNames = Array.isArray(metadata['classes']) ? metadata['classes'].map(String) : []
  const title = `${String(metadata['search'] ?? 'A network')}, trial ${String(metadata['trial'] ?? '?')}`
  const text = moduleText({ title, classes: source.classes, classNames, ...normalisation })
  return {
    files: [
      { name: 'model.py', content: Buffer.from(text) },
      { name: 'weights.safetensors', content: safetensors(tensors, { format: 'pt' }) },
    ],
    metadata: {
      input: { layout: 'nchw', range: [0, 255], shape: network.graph.input, normalisation },
      output: { shape: [network.classes], note: 'Class scores, before a softmax.' },
      parameters: network.parameterCount,
      weights: { sha256, epoch },
      layerGraphSha256: createHash('sha256').update(JSON.stringify(network.graph)).digest('hex'),
    },
  }
}
