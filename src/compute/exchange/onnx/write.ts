// A trained network as the files of an ONNX model. What the model consists of is model.ts's, how files get to the disk
// write-export.ts's.
import { createHash } from 'node:crypto'
import type { LayerGraph } from '@shared/architecture/layer'
import { AppError } from '@shared/errors'
import { onnxOptionsSchema, type OnnxOptions } from '@shared/exchange/onnx/options'
import { buildNetwork, type Network } from '../../networks/network'
import { weightsFrom } from '../../networks/weights'
import { calibrate, type Calibration } from '../calibration'
import type { ExportContent, ExportSource } from '../format'
import type { Ranges } from '../ranges'
import { refuseTooLarge } from '../refuse-too-large'
import { readTrainedWeights } from '../trained-weights'
import { withExternalData } from './external-data'
import { onnxModel } from './model'
import { DATA_FILE, INPUT_NAME, MODEL_FILE, PROBABILITIES_NAME, SCORES_NAME } from './names'
import { encodeModel } from '@shared/exchange/onnx/proto'

const BYTES = { float32: 4, float16: 2, int8: 1 } as const

/** Values as JSON, text as it is: ONNX's properties are text. */
const propertiesOf = (record: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(record).map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
  )

function inputFacts(network: Network, options: OnnxOptions, normalisation: unknown): Record<string, unknown> {
  const [height, width, channels] = network.graph.input as readonly [number, number, number]
  return {
    name: INPUT_NAME,
    layout: options.inputLayout,
    shape: options.inputLayout === 'nhwc' ? [height, width, channels] : [channels, height, width],
    isRaw: options.preprocessing,
    range: options.preprocessing ? [0, 255] : undefined,
    note: options.preprocessing
      ? 'Raw pixels; the model normalises them itself.'
      : 'Pixels divided by 255, less the mean, divided by the deviation, channel by channel.',
    normalisation,
  }
}

async function rangesOf(graph: LayerGraph, weights: string, calibration: Calibration | null): Promise<Ranges> {
  if (calibration !== null) return calibrate(graph, weights, calibration)
  throw new AppError(
    'invalid-input',
    'Precision int8 needs images that the ranges of values are taken of, and there are none.',
    'Export a trial, which has its data set; or choose float32 or float16.',
  )
}

/** @throws AppError `invalid-architecture`, `invalid-input` (weights of another network, or too many), `storage-failed` */
export async function writeOnnx({
  graph,
  document,
  weights,
  options: wish = {},
  calibration = null,
  metadata = {},
}: ExportSource): Promise<ExportContent> {
  if (weights === null)
    throw new AppError('invalid-input', 'An ONNX model needs trained weights.', 'Choose a finished trial.')
  const options = onnxOptionsSchema.parse(wish)
  const network = buildNetwork(graph)
  refuseTooLarge(network, {
    title: 'an ONNX file',
    reason: 'its format counts bytes with 31 bits',
    bytesPerWeight: BYTES[options.precision],
    precision: options.precision,
    advice:
      options.precision === 'float32'
        ? 'Export with precision float16, or another format.'
        : 'Export in another format.',
  })
  const { arrays, normalisation, sha256, epoch } = await readTrainedWeights(weights)
  const ranges = options.precision === 'int8' ? await rangesOf(graph, weights, calibration) : null
  const input = inputFacts(network, options, normalisation)
  const output = {
    name: options.softmax ? PROBABILITIES_NAME : SCORES_NAME,
    isSoftmax: options.softmax,
    shape: [network.classes],
    note: options.softmax ? 'Class probabilities.' : 'Class scores, before a softmax.',
  }
  const properties = propertiesOf({ ...metadata, options, input, output, architecture: document })
  const producerVersion = String(metadata['writtenBy'] ?? '')
  const source = { network, weights: weightsFrom(arrays), normalisation, properties, producerVersion, ranges }
  const { model, data } = withExternalData(onnxModel(source, options), options.externalDataAbove)
  return {
    files: [
      { name: MODEL_FILE, content: Buffer.from(encodeModel(model)) },
      ...(data === null ? [] : [{ name: DATA_FILE, content: data }]),
    ],
    metadata: {
      options,
      input,
      output,
      opset: model.opsetImport[0]?.version,
      parameters: network.parameterCount,
      weights: { sha256, epoch },
      layerGraphSha256: createHash('sha256').update(JSON.stringify(network.graph)).digest('hex'),
    },
  }
}
