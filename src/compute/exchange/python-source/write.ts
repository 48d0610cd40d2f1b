// A trained network as Python source with its weights as safetensors: what both libraries' exports do alike.
import { createHash } from 'node:crypto'
import { AppError } from '@shared/errors'
import { required } from '@shared/required'
import { buildNetwork, type Network } from '../../networks/network'
import { arrayName } from '../../networks/parameters'
import { weightsFrom } from '../../networks/weights'
import type { ExportContent, ExportSource } from '../format'
import { requireWeights } from '../require-weights'
import { readTrainedWeights } from '../trained-weights'
import type { PythonSource } from './compose'
import { safetensors } from './safetensors'

export interface ModuleFacts {
  readonly title: string
  /** Text of the parts. */
  readonly text: string
  readonly classNames: readonly string[]
  readonly input: readonly number[]
  readonly mean: readonly number[]
  readonly deviation: readonly number[]
}

export interface PythonLibrary {
  /** "PyTorch source" */
  readonly title: string
  readonly layout: 'nchw' | 'nhwc'
  /** In front of the weights' names. */
  readonly prefix: string
  /** What safetensors files of that library say of themselves. */
  readonly tag: string
  source(network: Network, document: unknown): PythonSource
  moduleText(facts: ModuleFacts): string
}

/** @throws AppError `invalid-architecture`, `invalid-input` (weights of another network), `storage-failed` */
export async function writePython(
  { graph, document, weights, metadata = {} }: ExportSource,
  library: PythonLibrary,
): Promise<ExportContent> {
  if (weights === null)
    throw new AppError('invalid-input', `${library.title} with weights needs trained ones.`, 'Choose a finished trial.')
  const network = buildNetwork(graph)
  const { arrays, normalisation, sha256, epoch } = await readTrainedWeights(weights)
  const stored = weightsFrom(arrays)
  requireWeights(network, stored)
  const source = library.source(network, document)
  const tensors = source.weights.map(({ name, node, array }) => {
    const { shape, values } = array.turn(required(stored, arrayName(node, array.role), 'array'))
    return { name: `${library.prefix}${name}`, shape, values }
  })
  const classNames = Array.isArray(metadata['classes']) ? metadata['classes'].map(String) : []
  const title = `${String(metadata['search'] ?? 'A network')}, trial ${String(metadata['trial'] ?? '?')}`
  const text = library.moduleText({
    title,
    text: source.text,
    classNames,
    input: network.graph.input,
    ...normalisation,
  })
  return {
    files: [
      { name: 'model.py', content: Buffer.from(text) },
      { name: 'weights.safetensors', content: safetensors(tensors, { format: library.tag }) },
    ],
    metadata: {
      input: { layout: library.layout, range: [0, 255], shape: network.graph.input, normalisation },
      output: { shape: [network.classes], note: 'Class scores, before a softmax.' },
      parameters: network.parameterCount,
      weights: { sha256, epoch },
      layerGraphSha256: createHash('sha256').update(JSON.stringify(network.graph)).digest('hex'),
    },
  }
}
