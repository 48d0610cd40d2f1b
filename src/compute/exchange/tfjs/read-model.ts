// The files of an exported tfjs model, layers or graph, as tfjs loads them from memory. Looked at before they are believed.
import { join } from 'node:path'
// The types only: nothing of TensorFlow is loaded here.
import type * as PlainTensorFlow from '@tensorflow/tfjs'
import { elementCount } from '@shared/element-count'
import { AppError } from '@shared/errors'
import { firstIssue } from '@shared/first-issue'
import { MIB } from '@shared/units'
import { isMemoryRefusal } from '@node/memory-refusal'
import { readWhole } from '@node/read-file'
import { z } from 'zod'

/** Of a weight; the largest dense layer of the zoo has 25,088 inputs. */
const MAX_SIDE = 1_000_000

/** EfficientNet-B7's model.json has 1 MB, its weights 260 MB. */
const MAX_BYTES = { model: 64 * MIB, weights: 2048 * MIB } as const

const quantizationSchema = z.union([
  z.object({
    dtype: z.enum(['uint8', 'uint16']),
    min: z.number(),
    scale: z.number(),
    original_dtype: z.literal('float32'),
  }),
  z.object({ dtype: z.literal('float16'), original_dtype: z.literal('float32') }),
])

const weightSchema = z.object({
  name: z.string(),
  shape: z.array(z.number().int().min(0).max(MAX_SIDE)),
  dtype: z.enum(['float32', 'int32']),
  quantization: quantizationSchema.optional(),
})

const modelSchema = z.object({
  format: z.enum(['layers-model', 'graph-model']),
  modelTopology: z.record(z.string(), z.unknown()),
  signature: z.record(z.string(), z.unknown()).optional(),
  weightsManifest: z.array(
    z.object({
      paths: z.array(z.string().regex(/^[\w.-]+$/, 'a plain file name')),
      weights: z.array(weightSchema),
    }),
  ),
})

const BYTES = { uint8: 1, uint16: 2, float16: 2, float32: 4, int32: 4 } as const

const bytesOf = ({ shape, dtype, quantization }: z.infer<typeof weightSchema>): number =>
  elementCount(shape) * BYTES[quantization?.dtype ?? dtype]

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

async function readModel(folder: string, format: 'layers-model' | 'graph-model'): Promise<z.infer<typeof modelSchema>> {
  const text = (await readExport(folder, 'model.json', MAX_BYTES.model)).toString('utf8')
  const refuse = (reason: string, cause?: unknown): AppError =>
    new AppError(
      'invalid-input',
      `${join(folder, 'model.json')} is no ${format.replace('-', ' ')} of this program: ${reason}.`,
      'Export the trial again.',
      { cause },
    )
  try {
    const model = modelSchema.parse(JSON.parse(text))
    if (model.format !== format) throw refuse(`its format is ${model.format}`)
    return model
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw refuse(cause instanceof z.ZodError ? firstIssue(cause, 'file') : 'it is not JSON', cause)
  }
}

export const damagedExport = (folder: string, why: string, cause?: unknown): AppError =>
  new AppError('dataset-damaged', `The export ${folder} is damaged: ${why}.`, 'Export the trial again.', { cause })

/**
 * An in-memory handler, because plain tfjs in Node reads no files.
 * @throws AppError `not-found`, `invalid-input` for what is no such model, `dataset-damaged` for weights that are not what it says
 */
export async function modelFromFiles(
  tf: typeof PlainTensorFlow,
  folder: string,
  format: 'layers-model' | 'graph-model',
): Promise<PlainTensorFlow.io.IOHandler> {
  const { modelTopology, signature, weightsManifest } = await readModel(folder, format)
  const weightSpecs = weightsManifest.flatMap((group) => group.weights)
  const size = weightSpecs.reduce((sum, weight) => sum + bytesOf(weight), 0)
  if (size > MAX_BYTES.weights) throw damagedExport(folder, `model.json announces weights of ${size} bytes`)
  const weightData = new ArrayBuffer(size)
  let filled = 0
  for (const path of weightsManifest.flatMap((group) => group.paths)) {
    const shard = await readExport(folder, path, size - filled)
    new Uint8Array(weightData).set(shard, filled)
    filled += shard.length
  }
  if (filled !== size) throw damagedExport(folder, `its weights have ${filled} bytes, model.json announces ${size}`)
  const artifacts = { modelTopology, weightSpecs, weightData, ...(signature && { signature }) }
  return tf.io.fromMemory(artifacts as PlainTensorFlow.io.ModelArtifacts)
}
