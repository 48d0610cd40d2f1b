// An exported layers model in plain tfjs on its own CPU backend: no binding, no kernel of ours. Runs in the proof process.
// The types only: the package itself is loaded on the first call, and nothing native is ever loaded here.
import type * as PlainTensorFlow from '@tensorflow/tfjs'
import { AppError } from '@shared/errors'
import { quoted } from '@shared/quoted'
import { isMemoryRefusal } from '@node/memory-refusal'
import type { PredictionJob, RunPrediction } from '../format'
import { damagedExport, modelFromFiles } from '../tfjs/read-model'
import { runModel } from '../tfjs/run'

/** @throws AppError `not-found`, `invalid-input`, `dataset-damaged`; whoever asks disposes the model */
export async function loadModel(tf: typeof PlainTensorFlow, folder: string): Promise<PlainTensorFlow.LayersModel> {
  const files = await modelFromFiles(tf, folder, 'layers-model')
  try {
    return await tf.loadLayersModel(files)
  } catch (cause) {
    if (isMemoryRefusal(cause)) throw cause
    const reason = cause instanceof Error ? quoted(cause.message) : String(cause)
    throw damagedExport(folder, `tfjs cannot make a model of it: ${reason}`, cause)
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
  { folder, ...inputs }: PredictionJob,
): Promise<RunPrediction> {
  await tf.setBackend('cpu')
  const loaded = await loadModel(tf, folder)
  try {
    const model = withLogits(tf, loaded)
    const run = {
      look: (images: PlainTensorFlow.Tensor4D) =>
        model.predict(images) as [PlainTensorFlow.Tensor2D, PlainTensorFlow.Tensor2D],
      asUsed: (image: PlainTensorFlow.Tensor4D) => loaded.predict(image) as PlainTensorFlow.Tensor,
      runtime: `tfjs ${tf.version.tfjs}, ${tf.getBackend()}`,
    }
    return await runModel(tf, run, inputs)
  } finally {
    loaded.dispose()
  }
}
