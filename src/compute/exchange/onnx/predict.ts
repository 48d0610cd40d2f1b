// An exported ONNX model in onnxruntime, fed as its metadata says. Runs in the proof process.
import path from 'node:path'
import type { InferenceSession, Tensor } from 'onnxruntime-node'
import type { ExportedPrediction } from '@shared/contract/compute'
import { AppError } from '@shared/errors'
import { finiteRows } from '@shared/exchange/finite-rows'
import { METADATA_FILE } from '@shared/exchange/metadata'
import { randomPixels } from '@shared/exchange/random-inputs'
import { firstIssue } from '@shared/first-issue'
import { MIB } from '@shared/units'
import { readWhole } from '@node/read-file'
import { nextTurn } from '@node/waiting'
import { z } from 'zod'
import { readRows, type SplitRows } from '../../data/split-data'
import type { PredictionJob } from '../format'
import { MODEL_FILE, SCORES_NAME } from './names'
import { loadRuntime, openSession, runtimeTitle, type Runtime } from './runtime'

/** Images run at once: little memory for any network that could be trained. Not a divisor of a proof's images: rests are run too. */
const BATCH = 32

const factsSchema = z.object({
  input: z.object({
    name: z.string(),
    layout: z.enum(['nchw', 'nhwc']),
    isRaw: z.boolean(),
    normalisation: z.object({ mean: z.array(z.number()), deviation: z.array(z.number()) }),
  }),
  output: z.object({ name: z.string(), isSoftmax: z.boolean() }),
})
type Facts = z.infer<typeof factsSchema>

/** How the model is fed. @throws AppError `not-found`, `invalid-input` */
async function readFacts(folder: string): Promise<Facts> {
  const file = path.join(folder, METADATA_FILE)
  const refuse = (code: 'not-found' | 'invalid-input', reason: string, cause?: unknown): AppError =>
    new AppError(code, `How the model is fed cannot be read from ${file}: ${reason}`, 'Export the trial again.', {
      cause,
    })
  const text = await readWhole(file, { what: 'metadata of an export', maxBytes: MIB }).catch((cause: unknown) => {
    throw refuse('not-found', cause instanceof Error ? cause.message : String(cause), cause)
  })
  try {
    const parsed = factsSchema.safeParse(JSON.parse(text.toString('utf8')))
    if (parsed.success) return parsed.data
    throw refuse('invalid-input', firstIssue(parsed.error, 'metadata'))
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw refuse('invalid-input', 'it is no JSON', cause)
  }
}

/** Raw images `[count, height, width, channels]` as the model takes them. */
function feed({ Tensor }: Runtime, { input }: Facts, pixels: Uint8Array, shape: SplitRows['shape']): Tensor {
  const [height, width, channels] = shape
  const area = height * width
  const count = pixels.length / (area * channels)
  const { mean, deviation } = input.normalisation
  const values = new Float32Array(pixels.length)
  for (let i = 0; i < pixels.length; i++) {
    const channel = i % channels
    const value = input.isRaw ? pixels[i]! : (pixels[i]! / 255 - mean[channel]!) / deviation[channel]!
    const position = Math.floor(i / channels)
    const image = Math.floor(position / area)
    const to = input.layout === 'nhwc' ? i : (image * channels + channel) * area + (position % area)
    values[to] = value
  }
  const dims = input.layout === 'nhwc' ? [height, width, channels] : [channels, height, width]
  return new Tensor('float32', values, [count, ...dims])
}

function rowsOf({ data, dims }: Tensor): number[][] {
  const [count = 0, classes = 0] = dims
  return Array.from({ length: count }, (_, row) => [...data.subarray(row * classes, (row + 1) * classes)])
}

function softmax(row: readonly number[]): number[] {
  const largest = Math.max(...row)
  const powers = row.map((value) => Math.exp(value - largest))
  const sum = powers.reduce((total, power) => total + power, 0)
  return powers.map((power) => power / sum)
}

/**
 * @returns one row of class scores and probabilities for each index, scores for each random input, and what computed them
 * @throws AppError `not-found` (a file or the runtime), `dataset-damaged`, `invalid-input` for a damaged model
 */
export async function predictOnnx({
  folder,
  data,
  indices,
  random,
}: PredictionJob): Promise<ExportedPrediction & { runtime: string }> {
  const runtime = loadRuntime()
  const facts = await readFacts(folder)
  const { images, labels } = await readRows(data, indices)
  const file = path.join(folder, MODEL_FILE)
  const look = async (session: InferenceSession, pixels: Uint8Array, name: string): Promise<number[][]> => {
    const step = BATCH * data.shape[0] * data.shape[1] * data.shape[2]
    const rows: number[][] = []
    for (let start = 0; start < pixels.length; start += step) {
      const tensor = feed(runtime, facts, pixels.subarray(start, start + step), data.shape)
      const outputs = await session.run({ [facts.input.name]: tensor }, [name])
      rows.push(...rowsOf(outputs[name]!))
      await nextTurn()
    }
    return rows
  }
  // The file as its users run it gives the probabilities; the scores before the softmax are asked for apart, because a softmax hides
  // what is wrong where it saturates, and a further output may keep a runtime from fusing operators.
  const asUsed = await openSession(runtime, file)
  try {
    const scoring = facts.output.isSoftmax ? await openSession(runtime, file, [SCORES_NAME]) : asUsed
    try {
      const logits = await look(scoring, images, SCORES_NAME)
      const randomLogits = await look(scoring, randomPixels(random, data.shape), SCORES_NAME)
      const probabilities = facts.output.isSoftmax
        ? await look(asUsed, images, facts.output.name)
        : logits.map((row) => softmax(row))
      return {
        logits: finiteRows(logits),
        probabilities: finiteRows(probabilities),
        labels: [...labels],
        randomLogits: finiteRows(randomLogits),
        runtime: runtimeTitle(runtime),
      }
    } finally {
      if (scoring !== asUsed) await scoring.release()
    }
  } finally {
    await asUsed.release()
  }
}
