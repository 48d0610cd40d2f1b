// A trained network as the files of an ONNX model. What the model consists of is model.ts's, how files get to the disk
// write-export.ts's.
import { createHash } from 'node:crypto'
import { AppError } from '@shared/errors'
import { LARGEST_ONNX_MIB, onnxOptionsSchema, type OnnxOptions } from '@shared/exchange/onnx/options'
import { MIB } from '@shared/units'
import { elementCount } from '@shared/element-count'
import { buildNetwork, type Network } from '../../networks/network'
import { weightsFrom } from '../../networks/weights'
import type { ExportContent, ExportSource } from '../format'
import { readTrainedWeights } from '../trained-weights'
import { withExternalData } from './external-data'
import { onnxModel } from './model'
import { DATA_FILE, INPUT_NAME, MODEL_FILE, PROBABILITIES_NAME, SCORES_NAME } from './names'
import { encodeModel } from '@shared/exchange/onnx/proto'

/** Room in the model for everything but the weights. */
const SPARE_MIB = 16

/** Said before anything is read: neither protobuf nor a file in memory takes more. */
function refuseTooLarge({ arrays }: Network, { precision }: OnnxOptions): void {
  const bytes = arrays.reduce((sum, { shape }) => sum + elementCount(shape) * (precision === 'float16' ? 2 : 4), 0)
  const limit = (LARGEST_ONNX_MIB - SPARE_MIB) * MIB
  if (bytes <= limit) return
  throw new AppError(
    'invalid-input',
    `The weights of this network have ${Math.ceil(bytes / MIB)} MiB as ${precision}, and an ONNX file of at most ` +
      `${limit / MIB} MiB of weights can be written: its format counts bytes with 31 bits.`,
    precision === 'float32' ? 'Export with precision float16, or another format.' : 'Export in another format.',
  )
}

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

/** @throws AppError `invalid-architecture`, `invalid-input` (weights of another network, or too many), `storage-failed` */
export async function writeOnnx({
  graph,
  document,
  weights,
  options: wish = {},
  metadata = {},
}: ExportSource): Promise<ExportContent> {
  if (weights === null)
    throw new AppError('invalid-input', 'An ONNX model needs trained weights.', 'Choose a finished trial.')
  const options = onnxOptionsSchema.parse(wish)
  const network = buildNetwork(graph)
  refuseTooLarge(network, options)
  const { arrays, normalisation, sha256, epoch } = await readTrainedWeights(weights)
  const input = inputFacts(network, options, normalisation)
  const output = {
    name: options.softmax ? PROBABILITIES_NAME : SCORES_NAME,
    isSoftmax: options.softmax,
    shape: [network.classes],
    note: options.softmax ? 'Class probabilities.' : 'Class scores, before a softmax.',
  }
  const properties = propertiesOf({ ...metadata, options, input, output, architecture: document })
  const producerVersion = String(metadata['writtenBy'] ?? '')
  const source = { network, weights: weightsFrom(arrays), normalisation, properties, producerVersion }
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
