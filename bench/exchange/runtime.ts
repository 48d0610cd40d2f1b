// The other side of the measurement: a process of its own that runs exported files in plain tfjs or onnxruntime. Jobs are lines of
// JSON on its standard input, answers lines on its standard output.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { PredictionJob, RunPrediction } from '../../src/compute/exchange/format'
import { FORMATS } from '../../src/compute/exchange/formats'
import type { ExportFormat } from '../../src/shared/exchange/formats'

interface Job extends PredictionJob {
  readonly format: ExportFormat
}
type Answer = { readonly prediction: RunPrediction } | { readonly error: string }

/** Set where this process is the other side. */
export const RUNTIME_FLAG = '--runtime'

export async function serveRuntime(): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const { format, ...job } = JSON.parse(line) as Job
    let answer: Answer
    try {
      answer = { prediction: await FORMATS[format].predict!(job) }
    } catch (thrown) {
      answer = { error: thrown instanceof Error ? thrown.message : String(thrown) }
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`)
  }
}

/** @returns what runs a job, and what ends the process */
export function startRuntime() {
  const child = spawn(process.execPath, [process.argv[1]!, RUNTIME_FLAG], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    async run(job: Job): Promise<RunPrediction> {
      child.stdin.write(`${JSON.stringify(job)}\n`)
      const line = await lines.next()
      if (line.done === true) throw new Error('the runtime has ended')
      const answer = JSON.parse(line.value) as Answer
      if ('error' in answer) throw new Error(answer.error)
      return answer.prediction
    },
    close: (): void => void child.stdin.end(),
  }
}
