// The same in Python: Keras and PyTorch run the source that was written, onnxruntime the model, each in a process of its own.
// GPTNAS_PYTHON names the interpreter, else python3; what it lacks is left out, and said.
import { rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { PredictionJob, RunPrediction } from '../../src/compute/exchange/format'
import { pythonWith } from '../../src/compute/exchange/testing/python'
import { readRows } from '../../src/compute/data/split-data'
import { finiteRows } from '../../src/shared/exchange/finite-rows'
import { randomPixels } from '../../src/shared/exchange/random-inputs'
import { checkout } from '../harness'
import { startLines, type Lines } from './runtime'

export type Library = 'keras' | 'torch' | 'onnxruntime'

const MODULES: Readonly<Record<Library, readonly string[]>> = {
  keras: ['keras', 'tensorflow', 'numpy'],
  torch: ['torch', 'numpy'],
  onnxruntime: ['onnxruntime', 'onnx', 'numpy'],
}

interface Answer {
  readonly error?: string
  readonly scores: number[][]
  /** Of one image, each. */
  readonly milliseconds: number[]
  readonly runtime: string
}

export const script = (name: string): string => path.join(checkout, 'bench', 'exchange', name)

export const softmax = (row: readonly number[]): number[] => {
  const largest = row.reduce((most, value) => Math.max(most, value), -Infinity)
  const powers = row.map((value) => Math.exp(value - largest))
  const sum = powers.reduce((total, power) => total + power, 0)
  return powers.map((power) => power / sum)
}

/** Python's answer in the form of the other runtimes. @throws Error with what Python says */
async function runIn(lines: Lines, { folder, data, indices, random }: PredictionJob): Promise<RunPrediction> {
  const { images, labels } = await readRows(data, indices)
  const pixels = path.join(folder, '..', `${path.basename(folder)}.pixels`)
  await writeFile(pixels, Buffer.concat([images, randomPixels(random, data.shape)]))
  try {
    const count = indices.length + random.count
    const answer = (await lines.ask({ folder, pixels, shape: [count, ...data.shape] })) as Answer
    if (answer.error !== undefined) throw new Error(answer.error)
    const logits = answer.scores.slice(0, indices.length)
    const sorted = [...answer.milliseconds].sort((a, b) => a - b)
    const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
    return {
      logits: finiteRows(logits),
      probabilities: finiteRows(logits.map(softmax)),
      labels: [...labels],
      randomLogits: finiteRows(answer.scores.slice(indices.length)),
      runtime: answer.runtime,
      latency: { median: at(0.5), p95: at(0.95), runs: sorted.length },
    }
  } finally {
    await rm(pixels, { force: true })
  }
}

/** Every library that this machine's Python has, started when it is first asked. */
export function pythonRuntimes() {
  const found = new Map<Library, string | undefined>()
  const started = new Map<Library, Lines>()
  const interpreter = (library: Library): string | undefined => {
    if (!found.has(library)) found.set(library, pythonWith(...MODULES[library]))
    return found.get(library)
  }
  return {
    has: (library: Library): boolean => interpreter(library) !== undefined,
    async run(library: Library, job: PredictionJob): Promise<RunPrediction> {
      const python = interpreter(library)
      if (python === undefined) throw new Error(`Python has no ${library}`)
      const lines = started.get(library) ?? startLines(python, [script('python_runtime.py'), library])
      started.set(library, lines)
      return runIn(lines, job)
    },
    close: (): void => started.forEach((lines) => lines.close()),
  }
}
