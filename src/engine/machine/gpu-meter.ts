// What the graphics cards do at the moment, and what each process holds of them: read at a slow pace and only when asked.
import type { GpuProcess, NvidiaDevice, NvidiaSmi } from './nvidia-smi'

/** Starting nvidia-smi takes tens of milliseconds of a core and wakes the card; a person needs no more than this. */
const EVERY_MS = 5_000

export interface GpuReading {
  /** When it was asked for, in milliseconds of the meter's clock; before any time for the one before the first. */
  readonly askedAt: number
  readonly devices: readonly NvidiaDevice[]
  readonly processes: readonly GpuProcess[]
}

const NOTHING: GpuReading = { askedAt: -Infinity, devices: [], processes: [] }

export interface GpuMeter {
  /** The latest reading at once, empty before the first; starts a new one in the background where it is old. */
  latest(): GpuReading
  /** A reading made now. */
  read(): Promise<GpuReading>
}

/** @param now the clock in milliseconds; replaced in tests */
export function createGpuMeter(smi: NvidiaSmi, now = () => performance.now()): GpuMeter {
  let reading = NOTHING
  let readAt = -Infinity
  let under: Promise<GpuReading> | undefined
  const read = (): Promise<GpuReading> => {
    const askedAt = now()
    under ??= Promise.all([smi.devices(), smi.processes()])
      .then(([devices, processes]) => (reading = { askedAt, devices, processes }))
      .finally(() => {
        readAt = now()
        under = undefined
      })
    return under
  }
  return {
    read,
    latest: () => {
      if (now() - readAt >= EVERY_MS)
        read().catch(() => {
          reading = NOTHING // it answers with nothing rather than fail; kept for a stand-in that does
        })
      return reading
    },
  }
}
