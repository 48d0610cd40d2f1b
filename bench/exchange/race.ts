// Two ONNX files of the same network in onnxruntime, in turns: what else the machine does falls on both. Runs in the process of runtime.ts.
import type { InferenceSession } from 'onnxruntime-node'
import { loadRuntime } from '../../src/compute/exchange/onnx/runtime'
import { median } from '../harness'

export interface RaceJob {
  readonly race: readonly [ours: string, theirs: string]
  /** `[channels, height, width]` of the images. */
  readonly shape: readonly [number, number, number]
  readonly turns: number
}

export interface RaceResult {
  /** Medians, in milliseconds for one image, by the clock. */
  readonly ours: number
  readonly theirs: number
  /** Median over the turns of ours to theirs, of the time that the processor computed: where others work, too, the clock tells of them. */
  readonly ratio: number
  /** The same by the clock. */
  readonly clockRatio: number
  /** Of a score, relative to the largest: both files are the same network, or the race says nothing. */
  readonly difference: number
  readonly turns: number
}

/** In milliseconds. */
interface Time {
  readonly clock: number
  /** Of all threads of this process; with one thread for onnxruntime it is the latency of a quiet machine. */
  readonly processor: number
}

/** Runtimes make plans and memory in their first runs. */
const WARM_UP = 5

export async function race({ race: files, shape, turns }: RaceJob): Promise<RaceResult> {
  const { InferenceSession, Tensor } = loadRuntime()
  // One thread: on a busy machine the slower of two threads is waited for, whichever file is run.
  const options = {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  } as const
  const sessions = await Promise.all(files.map((file) => InferenceSession.create(file, options)))
  const [ours, theirs] = sessions as [InferenceSession, InferenceSession]
  const values = Float32Array.from({ length: shape[0] * shape[1] * shape[2] }, (_, i) => (i * 7919) % 251)
  const image = new Tensor('float32', values, [1, ...shape])
  const run = async (session: InferenceSession): Promise<Float32Array> => {
    const outputs = await session.run({ [session.inputNames[0]!]: image })
    return outputs[session.outputNames[0]!]!.data as Float32Array
  }
  const timed = async (session: InferenceSession): Promise<Time> => {
    const [before, usage] = [performance.now(), process.cpuUsage()]
    await run(session)
    const { user, system } = process.cpuUsage(usage)
    return { clock: performance.now() - before, processor: (user + system) / 1000 }
  }
  try {
    const [a, b] = [await run(ours), await run(theirs)]
    const largest = a.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    const difference = a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0) / largest
    for (let i = 0; i < WARM_UP; i++) for (const session of [ours, theirs]) await run(session)
    const times: { ours: Time; theirs: Time }[] = []
    for (let turn = 0; turn < turns; turn++) {
      const first = await timed(turn % 2 === 0 ? ours : theirs)
      const second = await timed(turn % 2 === 0 ? theirs : ours)
      times.push(turn % 2 === 0 ? { ours: first, theirs: second } : { ours: second, theirs: first })
    }
    return {
      ours: median(times.map((time) => time.ours.clock)),
      theirs: median(times.map((time) => time.theirs.clock)),
      ratio: median(times.map((time) => time.ours.processor / time.theirs.processor)),
      clockRatio: median(times.map((time) => time.ours.clock / time.theirs.clock)),
      difference,
      turns,
    }
  } finally {
    await Promise.all(sessions.map((session) => session.release()))
  }
}
