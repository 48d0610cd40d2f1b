// An exported layers model in plain tfjs on its own CPU backend: no binding, no kernel of ours. Runs in the proof process.
import { join } from 'node:path'
// The types only: the package itself is loaded on the first call, and nothing native is ever loaded here.
import type * as PlainTensorFlow from '@tensorflow/tfjs'
import { AppError } from '@shared/errors'
import { firstIssue } from '@shared/first-issue'
import { finiteRows } from '@shared/exchange/finite-rows'
import { randomPixels } from '@shared/exchange/random-inputs'
import { quoted } from '@shared/quoted'
import { MIB } from '@shared/units'
import { isMemoryRefusal } from '@node/memory-refusal'
import { readWhole } from '@node/read-file'
import { nextTurn } from '@node/waiting'
import { z } from 'zod'
import { readRows } from '../../data/split-data'
import type { PredictionJob, RunPrediction } from '../format'
import { measureLatency } from '../latency'

/** Of a weight; the largest dense layer of the zoo has 25,088 inputs. */
const MAX_SIDE = 1_000_000

const modelSchema = z.object({
  format: z.literal('layers-model'),
  modelTopology: z.record(z.string(), z.unknown()),
  weightsManifest: z.array(
    z.object({
      paths: z.array(z.string().regex(/^[\w.-]+$/, 'a plain file name')),
      weights: z.array(
        z.object({
          name: z.string(),
          shape: z.array(z.number().int().min(0).max(MAX_SIDE)),
          dtype: z.literal('float32'),
        }),
      ),
    }),
  ),
})

/** Plain tfjs takes seconds for a batch of a deep network: small batches keep the process answering. */
const BATCH = 10

/** EfficientNet-B7's model.json has 1 MB, its weights 260 MB. */
const MAX_BYTES = { model: 64 * MIB, weights: 2048 * MIB } as const

async function readExport(folder: string, name: string, maxBytes: number): Promise<Buffer> {
  try {
    return await readWhole(join(folder, name), { what: 'file of an export', maxBytes })
  } catch (cause) {
    if (isMemoryRefusal(cause)) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('not-found', `The export ${folder} cannot be read: ${reason}`, 'Export the trial again.', {
      cause,
    })
  }
}

async function readModel(folder: string): Promise<z.infer<typeof modelSchema>> {
  const text = (await readExport(folder, 'model.json', MAX_BYTES.model)).toString('utf8')
  try {
    return modelSchema.parse(JSON.parse(text))
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? firstIssue(cause, 'file') : 'it is not JSON'
    const message = `${join(folder, 'model.json')} is no layers model of this program: ${reason}.`
    throw new AppError('invalid-input', message, 'Export the trial again.', { cause })
  }
}

/** An in-memory handler, because plain tfjs in Node reads no files. */
export async function loadModel(tf: typeof PlainTensorFlow, folder: string): Promise<PlainTensorFlow.LayersModel> {
  const { modelTopology, weightsManifest } = await readModel(folder)
  const weightSpecs = weightsManifest.flatMap((group) => group.weights)
  const size = weightSpecs.reduce((sum, { shape }) => sum + 4 * shape.reduce((product, side) => product * side, 1), 0)
  const damaged = (why: string, cause?: unknown): AppError =>
    new AppError('dataset-damaged', `The export ${folder} is damaged: ${why}.`, 'Export the trial again.', { cause })
  if (size > MAX_BYTES.weights) throw damaged(`model.json announces weights of ${size} bytes`)
  const weightData = new ArrayBuffer(size)
  let filled = 0
  for (const path of weightsManifest.flatMap((group) => group.paths)) {
    const shard = await readExport(folder, path, size - filled)
    new Uint8Array(weightData).set(shard, filled)
    filled += shard.length
  }
  if (filled !== size) throw damaged(`its weights have ${filled} bytes, model.json announces ${size}`)
  try {
    return await tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }))
  } catch (cause) {
    if (isMemoryRefusal(cause)) throw cause
    throw damaged(
      `tfjs cannot make a model of it: ${cause instanceof Error ? quoted(cause.message) : String(cause)}`,
      cause,
    )
  }
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
): Promise<RunPrediction> {
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
  const oneImage = Float32Array.from(images.subarray(0, size))
  try {
    const onImages = await look(images)
    const onRandom = await look(randomPixels(random, data.shape))
    return {
      logits: finiteRows(onImages.logits),
      probabilities: finiteRows(onImages.probabilities),
      labels: [...labels],
      randomLogits: finiteRows(onRandom.logits),
      runtime: `tfjs ${tf.version.tfjs}, ${tf.getBackend()}`,
      latency: await measureLatency(async () => {
        const output = tf.tidy(
          () => loaded.predict(tf.tensor4d(oneImage, [1, ...data.shape])) as PlainTensorFlow.Tensor,
        )
        await output.data()
        output.dispose()
      }),
    }
  } finally {
    loaded.dispose()
  }
}
