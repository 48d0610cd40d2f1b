// The inputs of a proof through a model in tfjs, whichever way the model was loaded: batch by batch, with the time of one image.
import type * as PlainTensorFlow from '@tensorflow/tfjs'
import { finiteRows } from '@shared/exchange/finite-rows'
import { randomPixels } from '@shared/exchange/random-inputs'
import { nextTurn } from '@node/waiting'
import { readRows } from '../../data/split-data'
import type { PredictionJob, RunPrediction } from '../format'
import { measureLatency } from '../latency'

type Tensor4D = PlainTensorFlow.Tensor4D
type Tensor2D = PlainTensorFlow.Tensor2D

/** Plain tfjs takes seconds for a batch of a deep network: small batches keep the process answering. */
const BATCH = 10

export interface LoadedModel {
  /** Scores before the softmax, and probabilities. Called in a tidy. @param images raw pixels as float32 */
  look(images: Tensor4D): readonly [Tensor2D, Tensor2D]
  /** What its users call. @param image one. */
  asUsed(image: Tensor4D): PlainTensorFlow.Tensor
  /** "tfjs 4.22.0, cpu" */
  readonly runtime: string
}

/** @throws AppError `dataset-damaged` for images that cannot be read */
export async function runModel(
  tf: Pick<typeof PlainTensorFlow, 'tidy' | 'tensor4d'>,
  { look, asUsed, runtime }: LoadedModel,
  { data, indices, random }: Omit<PredictionJob, 'folder'>,
): Promise<RunPrediction> {
  const { images, labels } = await readRows(data, indices)
  const size = data.shape[0] * data.shape[1] * data.shape[2]
  const rowsOf = async (pixels: Uint8Array): Promise<{ logits: number[][]; probabilities: number[][] }> => {
    const rows: { logits: number[][]; probabilities: number[][] } = { logits: [], probabilities: [] }
    for (let start = 0; start < pixels.length; start += BATCH * size) {
      const raw = Float32Array.from(pixels.subarray(start, start + BATCH * size))
      const [logits, probabilities] = tf.tidy(() => {
        const [scores, shares] = look(tf.tensor4d(raw, [raw.length / size, ...data.shape]))
        return [scores.arraySync(), shares.arraySync()]
      })
      rows.logits.push(...logits)
      rows.probabilities.push(...probabilities)
      await nextTurn()
    }
    return rows
  }
  const oneImage = Float32Array.from(images.subarray(0, size))
  const onImages = await rowsOf(images)
  const onRandom = await rowsOf(randomPixels(random, data.shape))
  return {
    logits: finiteRows(onImages.logits),
    probabilities: finiteRows(onImages.probabilities),
    labels: [...labels],
    randomLogits: finiteRows(onRandom.logits),
    runtime,
    latency: await measureLatency(async () => {
      const output = tf.tidy(() => asUsed(tf.tensor4d(oneImage, [1, ...data.shape])))
      await output.data()
      output.dispose()
    }),
  }
}
