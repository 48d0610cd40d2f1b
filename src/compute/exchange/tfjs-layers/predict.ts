// An exported layers model in plain tfjs on its own CPU backend: no binding, no kernel of ours. Runs in the proof process.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
// The types only: the package itself is loaded on the first call, and nothing native is ever loaded here.
import type * as PlainTensorFlow from '@tensorflow/tfjs'
import type { Prediction } from '@shared/contract/compute'
import { AppError } from '@shared/errors'
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

/**
 * @returns one row of class probabilities for each index, and what computed them
 * @throws AppError `not-found`, `dataset-damaged`
 */
export async function predictTfjsLayers(
  tf: typeof PlainTensorFlow,
  { folder, data, indices }: PredictionJob,
): Promise<Prediction & { runtime: string }> {
  await tf.setBackend('cpu')
  const rows = await readRows(data, indices)
  const model = await loadModel(tf, folder)
  const size = data.shape[0] * data.shape[1] * data.shape[2]
  const probabilities: number[][] = []
  try {
    for (let start = 0; start < rows.count; start += BATCH) {
      const count = Math.min(BATCH, rows.count - start)
      const batch = tf.tidy(() => {
        const raw = Float32Array.from(rows.images.subarray(start * size, (start + count) * size))
        const output = model.predict(tf.tensor4d(raw, [count, ...data.shape])) as PlainTensorFlow.Tensor2D
        return output.arraySync()
      })
      probabilities.push(...batch)
      await nextTurn()
    }
  } finally {
    model.dispose()
  }
  return { probabilities, labels: [...rows.labels], runtime: `tfjs ${tf.version.tfjs}, ${tf.getBackend()}` }
}
