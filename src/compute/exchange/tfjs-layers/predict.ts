// An exported layers model in plain tfjs on its own CPU backend: no binding, no kernel of ours. Runs in the proof process.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
// The types only: the package itself is loaded on the first call, and nothing native is ever loaded here.
import type * as PlainTensorFlow from '@tensorflow/tfjs'
import type { ExportedPrediction } from '@shared/contract/compute'
import { AppError } from '@shared/errors'
import { finiteRows } from '@shared/exchange/finite-rows'
import { randomPixels } from '@shared/exchange/random-inputs'
import { nextTurn } from '@node/waiting'
import { z } from 'zod'
import { readRows } from '../../data/split-data'
import type { PredictionJob } from '../format'

const modelSchema = z.object({
  format: z.literal('layers-model'),
  modelTopology: z.record(z.string(), z.unknown()),
  weightsManifest: z.array(
    z.object({
      paths: z.array(z.string().regex(/^[\w.-]+$/, 'a plain file name')),
      weights: z.array(z.object({ name: z.string(), shape: z.array(z.number().int()), dtype: z.literal('float32') })),
    }),
  ),
})

/** Plain tfjs takes seconds for a batch of a deep network: small batches keep the process answering. */
const BATCH = 10

async function readExport(folder: string, name: string): Promise<Buffer> {
  try {
    return await readFile(join(folder, name))
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('not-found', `The export ${folder} cannot be read: ${reason}`, 'Export the trial again.', {
      cause,
    })
  }
}

/** An in-memory handler, because plain tfjs in Node reads no files. */
async function loadModel(tf: typeof PlainTensorFlow, folder: string): Promise<PlainTensorFlow.LayersModel> {
  const { modelTopology, weightsManifest } = modelSchema.parse(
    JSON.parse((await readExport(folder, 'model.json')).toString('utf8')),
  )
  const paths = weightsManifest.flatMap((group) => group.paths)
  const bytes = Buffer.concat(await Promise.all(paths.map((path) => readExport(folder, path))))
  const weightData = new ArrayBuffer(bytes.length)
  new Uint8Array(weightData).set(bytes)
  const weightSpecs = weightsManifest.flatMap((group) => group.weights)
  return tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }))
}

/** The model with the scores before its last softmax beside its own output: a softmax hides what is wrong where it saturates. */
function withLogits(tf: typeof PlainTensorFlow, model: PlainTensorFlow.LayersModel): PlainTensorFlow.LayersModel {
  const last = model.outputLayers[0]
  if (model.outputLayers.length !== 1 || last?.getConfig()['activation'] !== 'softmax' || Array.isArray(last.input))
    throw new AppError('invalid-input', 'The exported model does not end with one softmax.', 'Export the trial again.')
  return tf.model({ inputs: model.inputs, outputs: [last.input, ...model.outputs] })
}

/**
 * @returns one row of class scores and probabilities for each index, scores for each random input, and what computed them
 * @throws AppError `not-found`, `dataset-damaged`, `invalid-input` for a model that does not end with a softmax
 */
export async function predictTfjsLayers(
  tf: typeof PlainTensorFlow,
  { folder, data, indices, random }: PredictionJob,
): Promise<ExportedPrediction & { runtime: string }> {
  await tf.setBackend('cpu')
  const { images, labels } = await readRows(data, indices)
  const loaded = await loadModel(tf, folder)
  const model = withLogits(tf, loaded)
  const size = data.shape[0] * data.shape[1] * data.shape[2]
  const look = async (pixels: Uint8Array): Promise<{ logits: number[][]; probabilities: number[][] }> => {
    const rows: { logits: number[][]; probabilities: number[][] } = { logits: [], probabilities: [] }
    for (let start = 0; start < pixels.length; start += BATCH * size) {
      const raw = Float32Array.from(pixels.subarray(start, start + BATCH * size))
      const [logits, probabilities] = tf.tidy(() => {
        const batch = tf.tensor4d(raw, [raw.length / size, ...data.shape])
        const outputs = model.predict(batch) as [PlainTensorFlow.Tensor2D, PlainTensorFlow.Tensor2D]
        return [outputs[0].arraySync(), outputs[1].arraySync()]
      })
      rows.logits.push(...logits)
      rows.probabilities.push(...probabilities)
      await nextTurn()
    }
    return rows
  }
  try {
    const onImages = await look(images)
    const onRandom = await look(randomPixels(random, data.shape))
    return {
      logits: finiteRows(onImages.logits),
      probabilities: finiteRows(onImages.probabilities),
      labels: [...labels],
      randomLogits: finiteRows(onRandom.logits),
      runtime: `tfjs ${tf.version.tfjs}, ${tf.getBackend()}`,
    }
  } finally {
    loaded.dispose()
  }
}
