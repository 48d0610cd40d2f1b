// What both formats made of a TensorFlow graph begin with: the graph of a trial's weights, and what their metadata says alike.
import { createHash } from 'node:crypto'
import { AppError } from '@shared/errors'
import type { WeightPrecision } from '@shared/exchange/weight-precision'
import { buildNetwork } from '../../networks/network'
import type { ExportSource } from '../format'
import { refuseTooLarge } from '../refuse-too-large'
import { roundedWeights } from '../rounding'
import { readTrainedWeights } from '../trained-weights'
import { INPUT_NAME, PROBABILITIES_NAME, SCORES_NAME, tensorFlowGraph, type TensorFlowGraph } from './model'

interface GraphFormat {
  /** "a SavedModel" */
  readonly title: string
  /** Why it holds no more than 2 GiB. */
  readonly reason: string
  readonly precision?: WeightPrecision
}

const ADVICE = 'Export as onnx with precision float16, or as pytorch.'
const upperFirst = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1)

/** @throws AppError `invalid-architecture`, `invalid-input` (weights of another network), `storage-failed` */
export async function graphOf(
  { graph, weights }: ExportSource,
  { title, reason, precision = 'float32' }: GraphFormat,
): Promise<{ readonly graph: TensorFlowGraph; readonly metadata: Record<string, unknown> }> {
  if (weights === null)
    throw new AppError('invalid-input', `${upperFirst(title)} needs trained weights.`, 'Choose a finished trial.')
  const network = buildNetwork(graph)
  refuseTooLarge(network, { title, reason, bytesPerWeight: 4, precision: 'float32', advice: ADVICE })
  const trained = await readTrainedWeights(weights)
  return {
    graph: tensorFlowGraph(network, roundedWeights(trained.arrays, precision), trained.normalisation),
    metadata: {
      input: {
        name: INPUT_NAME,
        shape: network.graph.input,
        range: [0, 255],
        note: 'Raw pixels; the model normalises them itself.',
        normalisation: trained.normalisation,
      },
      output: {
        names: [PROBABILITIES_NAME, SCORES_NAME],
        shape: [network.classes],
        note: 'Class probabilities, and the scores before their softmax.',
      },
      parameters: network.parameterCount,
      weights: { sha256: trained.sha256, epoch: trained.epoch },
      layerGraphSha256: createHash('sha256').update(JSON.stringify(network.graph)).digest('hex'),
    },
  }
}
