// The other side of the measurement: a process of its own that runs exported files in tfjs, TensorFlow or onnxruntime. Jobs are lines of
// JSON on its standard input, answers lines on its standard output.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { PredictionJob, RunPrediction } from '../../src/compute/exchange/format'
import { FORMATS } from '../../src/compute/exchange/formats'
import { limitLatency } from '../../src/compute/exchange/latency'
import { predictTfjsGraph } from '../../src/compute/exchange/tfjs-graph/predict'
import { predictTfjsLayers } from '../../src/compute/exchange/tfjs-layers/predict'
import type { ExportFormat } from '../../src/shared/exchange/formats'
import { race, type RaceJob, type RaceResult } from './race'
import { tfjsOnWasm } from './wasm'

export interface NodeJob extends PredictionJob {
  readonly format: ExportFormat
}
type Answer = { readonly prediction: RunPrediction } | { readonly raced: RaceResult } | { readonly error: string }

/** Set where this process is the other side. */
export const RUNTIME_FLAG = '--runtime'

async function predicted({ format, ...job }: NodeJob): Promise<RunPrediction> {
  if (format === 'tfjs') return predictTfjsLayers(await tfjsOnWasm(), job)
  if (format === 'tfjs-graph') return predictTfjsGraph(await tfjsOnWasm(), job)
  const { predict } = FORMATS[format]
  if (predict === null) throw new Error(`${format} is not run in Node`)
  return predict(job)
}

/** Latency is the race's (race.ts); what stands beside the other figures is rough. */
const LATENCY_MS = 300

export async function serveRuntime(): Promise<void> {
  limitLatency(LATENCY_MS)
  for await (const line of createInterface({ input: process.stdin })) {
    let answer: Answer
    try {
      const job = JSON.parse(line) as NodeJob | RaceJob
      answer = 'race' in job ? { raced: await race(job) } : { prediction: await predicted(job) }
    } catch (thrown) {
      answer = { error: thrown instanceof Error ? thrown.message : String(thrown) }
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`)
  }
}

/** A process that answers a line of JSON for each line. */
export interface Lines {
  ask(job: unknown): Promise<unknown>
  close(): void
}

export function startLines(command: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): Lines {
  const stdio = ['pipe', 'pipe', 'inherit'] as ['pipe', 'pipe', 'inherit']
  const child = spawn(command, args, { stdio, env: { ...process.env, ...environment } })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  // Told by the missing answer.
  child.stdin.on('error', () => undefined)
  return {
    async ask(job) {
      child.stdin.write(`${JSON.stringify(job)}\n`)
      const line = await lines.next()
      if (line.done === true) throw new Error(`${command} has ended without an answer`)
      return JSON.parse(line.value) as unknown
    },
    close: () => void child.stdin.end(),
  }
}

/** A process's memory of WebAssembly never shrinks: after as many jobs another begins. Two networks, five ways out each. */
const JOBS_A_PROCESS = 10

/** @returns what runs a job, and what ends the process; one that dies fails its job alone */
export function startRuntime() {
  const start = (): Lines => startLines(process.execPath, [process.argv[1]!, RUNTIME_FLAG])
  let lines = start()
  let asked = 0
  const renew = (): void => {
    lines.close()
    lines = start()
    asked = 0
  }
  const ask = async (job: NodeJob | RaceJob): Promise<Answer> => {
    if (asked >= JOBS_A_PROCESS) renew()
    asked += 1
    let answer: Answer
    try {
      answer = (await lines.ask(job)) as Answer
    } catch (thrown) {
      renew()
      throw thrown
    }
    if ('error' in answer) throw new Error(answer.error)
    return answer
  }
  return {
    async run(job: NodeJob): Promise<RunPrediction> {
      const answer = await ask(job)
      if ('prediction' in answer) return answer.prediction
      throw new Error('the runtime answered another job')
    },
    async race(job: RaceJob): Promise<RaceResult> {
      const answer = await ask(job)
      if ('raced' in answer) return answer.raced
      throw new Error('the runtime answered another job')
    },
    close: () => lines.close(),
  }
}
