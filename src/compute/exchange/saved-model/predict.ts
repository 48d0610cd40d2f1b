// An exported SavedModel in TensorFlow itself: its own loader and kernels, none of ours. Runs in the proof process, which loads the
// binding for this format alone.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { AppError } from '@shared/errors'
import { quoted } from '@shared/quoted'
import { MIB } from '@shared/units'
import { isMemoryRefusal } from '@node/memory-refusal'
import { readWhole } from '@node/read-file'
import type { Tensor, Tensor2D, Tensor4D } from '../../tensorflow/backend'
import type { PredictionJob, RunPrediction, ValuesJob } from '../format'
import { layerNodes } from '../tensorflow-graph/layer-nodes'
import { INPUT_NAME, PROBABILITIES_NAME, SCORES_NAME } from '../tensorflow-graph/model'
import { decodeSavedModel, DT_FLOAT, encodeSavedModel, type SavedModelProto } from '../tensorflow-graph/proto'
import { runModel } from '../tfjs/run'
import { MODEL_FILE, SIGNATURE, TAG } from './write'

const WHAT = { what: 'SavedModel', maxBytes: 2048 * MIB } as const

const backendOf = () => import('../../tensorflow/backend')

/** TensorFlow's answers by the names of the signature. @throws AppError `not-found`, `invalid-input` */
async function load(folder: string) {
  const { tf } = await backendOf()
  await tf.setBackend('tensorflow')
  const file = path.join(folder, MODEL_FILE)
  // TensorFlow opens it itself: looked at first, as every file.
  const refuse = (cause: unknown): never => {
    if (cause instanceof AppError || isMemoryRefusal(cause)) throw cause
    const reason = cause instanceof Error ? quoted(cause.message) : String(cause)
    throw new AppError('invalid-input', `TensorFlow cannot load ${file}: ${reason}`, 'Export the trial again.', {
      cause,
    })
  }
  await readWhole(file, WHAT)
  const model = await tf.node.loadSavedModel(folder, [TAG], SIGNATURE).catch(refuse)
  const answers = (images: Tensor4D): Record<string, Tensor> => {
    const inputs = { [INPUT_NAME]: images }
    return model.predict(inputs) as Record<string, Tensor>
  }
  return { answers, dispose: () => model.dispose() }
}

/**
 * @returns one row of class scores and probabilities for each index, scores for each random input, and what computed them
 * @throws AppError `not-found`, `runtime-missing` without TensorFlow, `invalid-input` for what it cannot load
 */
export async function predictSavedModel({ folder, ...inputs }: PredictionJob): Promise<RunPrediction> {
  const { tf, runtimeVersions } = await backendOf()
  const { answers, dispose } = await load(folder)
  const { tensorflow, device } = runtimeVersions()
  const run = {
    look: (images: Tensor4D): [Tensor2D, Tensor2D] => {
      const found = answers(images)
      return [found[SCORES_NAME] as Tensor2D, found[PROBABILITIES_NAME] as Tensor2D]
    },
    asUsed: (image: Tensor4D): Tensor => answers(image)[PROBABILITIES_NAME]!,
    runtime: `TensorFlow ${tensorflow}, ${device}`,
  }
  try {
    return await runModel(tf, run, inputs)
  } finally {
    dispose()
  }
}

function withOutputs(model: SavedModelProto, nodes: Iterable<string>): SavedModelProto {
  const further = [...nodes].map((name) => [name, { name: `${name}:0`, dtype: DT_FLOAT, tensorShape: { dim: [] } }])
  const metaGraphs = model.metaGraphs.map((meta) => {
    const signature = meta.signatureDef[SIGNATURE]
    if (signature === undefined) return meta
    const outputs = { ...signature.outputs, ...(Object.fromEntries(further) as typeof signature.outputs) }
    return { ...meta, signatureDef: { ...meta.signatureDef, [SIGNATURE]: { ...signature, outputs } } }
  })
  return { ...model, metaGraphs }
}

/** A SavedModel answers what its signature names, so a copy with a longer signature is asked. @returns values by node, as ours */
export async function savedModelValues({
  folder,
  pixels,
  shape,
  nodes,
}: ValuesJob): Promise<ReadonlyMap<string, Float32Array>> {
  const { tf } = await backendOf()
  const model = decodeSavedModel(await readWhole(path.join(folder, MODEL_FILE), WHAT))
  const names = layerNodes(model.metaGraphs[0]?.graphDef, nodes)
  const temporary = await mkdtemp(path.join(os.tmpdir(), 'gpt-nas-saved-model-'))
  try {
    await writeFile(path.join(temporary, MODEL_FILE), encodeSavedModel(withOutputs(model, names.values())))
    const { answers, dispose } = await load(temporary)
    const image = tf.tensor4d(Float32Array.from(pixels), [1, ...shape])
    const found = answers(image)
    const values = new Map([...names].map(([layer, name]) => [layer, Float32Array.from(found[name]!.dataSync())]))
    tf.dispose([image, ...Object.values(found)])
    dispose()
    return values
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}
