// An exported ONNX model in onnxruntime, fed as its metadata says. Runs in the proof process.
import path from 'node:path'
import type { InferenceSession, Tensor } from 'onnxruntime-node'
import { finiteRows } from '@shared/exchange/finite-rows'
import { randomPixels } from '@shared/exchange/random-inputs'
import { nextTurn } from '@node/waiting'
import { readRows } from '../../data/split-data'
import type { PredictionJob, RunPrediction } from '../format'
import { measureLatency } from '../latency'
import { feed, readFacts } from './feed'
import { MODEL_FILE, SCORES_NAME } from './names'
import { loadRuntime, openSession, runtimeTitle } from './runtime'

/** Images run at once: little memory for any network that could be trained. Not a divisor of a proof's images: rests are run too. */
const BATCH = 32

function rowsOf({ data, dims }: Tensor): number[][] {
  const [count = 0, classes = 0] = dims
  return Array.from({ length: count }, (_, row) => Array.from(data.subarray(row * classes, (row + 1) * classes)))
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
export async function predictOnnx({ folder, data, indices, random }: PredictionJob): Promise<RunPrediction> {
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
    const oneImage = feed(runtime, facts, images.subarray(0, data.shape[0] * data.shape[1] * data.shape[2]), data.shape)
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
        latency: await measureLatency(async () => {
          await asUsed.run({ [facts.input.name]: oneImage }, [facts.output.name])
        }),
      }
    } finally {
      if (scoring !== asUsed) await scoring.release()
    }
  } finally {
    await asUsed.release()
  }
}
