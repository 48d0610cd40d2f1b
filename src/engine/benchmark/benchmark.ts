// The one-call benchmark: tries arrangements of computes with nobody else at work, chooses, and makes the choice this machine's
// default. What the user set himself stays in force.
import type { BenchmarkEvent, Measurement } from '@shared/contract/devices'
import { refuseCancelled } from '@node/cancel'
import { delay } from '@node/waiting'
import type { PlannedSlot } from '../executors/device-plan'
import type { Devices } from '../executors/devices'
import type { ProcessStarter } from '../executors/process-starter'
import { createLoadMeter } from '../machine/load'
import { arrangementText, choose } from './choose'
import { explore, type Measure } from './explore'
import { measureTogether } from './measure-together'
import { createWorkload, type Workload } from './workload'

/** Long enough to see a program that works, short beside the measurement. */
const LOOK_AROUND_MS = 1500

export interface BenchmarkOptions {
  readonly devices: Devices
  readonly start: ProcessStarter
  readonly signal: AbortSignal
  /** Span of one measurement in seconds; shorter in tests. */
  readonly seconds?: number
}

/**
 * Tells what it does; the last event carries the result, which is not stored yet.
 * @throws AppError `cancelled`, or what kept every arrangement from being measured
 */
export async function* benchmarkDevices(options: BenchmarkOptions): AsyncGenerator<BenchmarkEvent, void, void> {
  const { devices, signal } = options
  const { machine } = devices
  yield { type: 'progress', message: "Checking TensorFlow's kernels", fraction: null }
  const { selfCheck } = await devices.environment(devices.plan().slots[0]!)
  refuseCancelled(signal)
  const othersBusy = await busyWithOthers(signal)
  const workload = await createWorkload()
  const measurements: Measurement[] = []
  let tried = 0
  try {
    for await (const step of explore(machine, measureWith(options, workload))) {
      if (step.type === 'trying') {
        const fraction = step.of === null ? null : tried++ / step.of
        yield { type: 'progress', message: `Measuring ${describe(step.slots)}`, fraction }
      } else {
        measurements.push(step.measurement)
        yield { type: 'measured', measurement: step.measurement }
      }
    }
  } finally {
    await workload.close()
  }
  const result = {
    measuredAt: new Date().toISOString(),
    machine: machine.key,
    oneDnn: selfCheck.oneDnn,
    othersBusy,
    measurements,
    ...choose(measurements),
  }
  yield { type: 'finished', result }
}

/** Fraction of all cores that other programs keep busy: nothing of ours works at this moment. */
async function busyWithOthers(signal: AbortSignal): Promise<number> {
  const meter = createLoadMeter()
  await delay(LOOK_AROUND_MS, signal)
  refuseCancelled(signal)
  return meter.cpu()
}

const describe = (slots: readonly PlannedSlot[]): string =>
  arrangementText({ device: slots[0]?.gpu ? 'gpu' : 'cpu', slots: slots.length, threads: slots[0]?.threads ?? 1 })

function measureWith({ devices, start, signal, seconds }: BenchmarkOptions, workload: Workload): Measure {
  return async (slots) => {
    const checked = await Promise.all(slots.map((slot) => devices.environment(slot)))
    let gpuBytes: number | null = null
    const onMeasured = async (pids: readonly number[]): Promise<void> => {
      if (!slots[0]?.gpu) return
      const held = (await devices.gpus.read()).processes.filter(({ pid }) => pids.includes(pid))
      if (held.length > 0) gpuBytes = Math.max(...held.map(({ usedBytes }) => usedBytes))
    }
    const environments = checked.map(({ env }) => env)
    const rates = await measureTogether({ start, workload, environments, signal, onMeasured, seconds })
    return { rates, gpuBytes }
  }
}
