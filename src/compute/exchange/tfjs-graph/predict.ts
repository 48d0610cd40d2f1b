// An exported graph model in plain tfjs on its own CPU backend: no binding, no kernel of ours. Runs in the proof process.
import type * as PlainTensorFlow from '@tensorflow/tfjs'
import { quoted } from '@shared/quoted'
import { isMemoryRefusal } from '@node/memory-refusal'
import type { PredictionJob, RunPrediction, ValuesJob } from '../format'
import { INPUT_NAME, PROBABILITIES_NAME, SCORES_NAME } from '../tensorflow-graph/model'
import { layerNodes } from '../tensorflow-graph/layer-nodes'
import { damagedExport, modelFromFiles } from '../tfjs/read-model'
import { runModel } from '../tfjs/run'

type Model = ReturnType<typeof PlainTensorFlow.loadGraphModelSync>

/** What tfjs cannot make of the files, or compute with them. */
function told<T>(folder: string, work: () => T): T {
  try {
    return work()
  } catch (cause) {
    if (isMemoryRefusal(cause)) throw cause
    const reason = cause instanceof Error ? quoted(cause.message) : String(cause)
    throw damagedExport(folder, `tfjs cannot run it: ${reason}`, cause)
  }
}

/** @returns the model and its graph as JSON; whoever asks disposes the model */
async function loadModel(tf: typeof PlainTensorFlow, folder: string): Promise<{ model: Model; graph: unknown }> {
  await tf.setBackend('cpu')
  const files = await modelFromFiles(tf, folder, 'graph-model')
  // Graph models load a handler's own artefacts only once.
  const artifacts = await files.load!()
  return told(folder, () => {
    const model = tf.loadGraphModelSync({ load: () => artifacts })
    return { model, graph: artifacts.modelTopology }
  })
}

/**
 * @returns one row of class scores and probabilities for each index, scores for each random input, and what computed them
 * @throws AppError `not-found`, `dataset-damaged`, `invalid-input` for what is no graph model
 */
export async function predictTfjsGraph(
  tf: typeof PlainTensorFlow,
  { folder, ...inputs }: PredictionJob,
): Promise<RunPrediction> {
  const { model } = await loadModel(tf, folder)
  const run = {
    look: (images: PlainTensorFlow.Tensor4D) =>
      told(folder, () => model.execute({ [INPUT_NAME]: images }, [SCORES_NAME, PROBABILITIES_NAME])) as [
        PlainTensorFlow.Tensor2D,
        PlainTensorFlow.Tensor2D,
      ],
    asUsed: (image: PlainTensorFlow.Tensor4D) =>
      model.execute({ [INPUT_NAME]: image }, PROBABILITIES_NAME) as PlainTensorFlow.Tensor,
    runtime: `tfjs ${tf.version.tfjs}, ${tf.getBackend()}`,
  }
  try {
    return await runModel(tf, run, inputs)
  } finally {
    model.dispose()
  }
}

/** @returns values by node, as ours; nodes that are no value of their own are left out */
export async function tfjsGraphValues(
  tf: typeof PlainTensorFlow,
  { folder, pixels, shape, nodes }: ValuesJob,
): Promise<ReadonlyMap<string, Float32Array>> {
  const { model, graph } = await loadModel(tf, folder)
  try {
    const names = layerNodes(graph, nodes)
    const image = tf.tensor4d(Float32Array.from(pixels), [1, ...shape])
    const found = told(folder, () => model.execute({ [INPUT_NAME]: image }, [...names.values()]))
    const tensors = Array.isArray(found) ? found : [found]
    const values = tensors.map((value) => Float32Array.from(value.dataSync()))
    tf.dispose([image, ...tensors])
    return new Map([...names.keys()].map((layer, i) => [layer, values[i]!]))
  } finally {
    model.dispose()
  }
}
