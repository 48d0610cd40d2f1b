// Processor load, memory and temperature for the status bar: cheap enough for once a second.
import os from 'node:os'

interface Times {
  readonly busy: number
  readonly total: number
}

function cpuTimes(): Times {
  let busy = 0
  let total = 0
  for (const { times } of os.cpus()) {
    const all = times.user + times.nice + times.sys + times.idle + times.irq
    total += all
    busy += all - times.idle
  }
  return { busy, total }
}

/** Reading sensors starts programs on some systems. */
const TEMPERATURE_EVERY_MS = 10_000

export interface LoadMeter {
  /** Fraction of all cores that was busy since the last call. */
  cpu(): number
  memory(): { totalBytes: number; usedBytes: number }
  /** Degrees Celsius, at most ten seconds old; null where the machine does not tell. */
  temperature(): number | null
}

export function createLoadMeter(): LoadMeter {
  let last = cpuTimes()
  let fraction = 0
  let temperature: number | null = null
  let readAt = -Infinity
  return {
    cpu: () => {
      const now = cpuTimes()
      // Two calls within a clock tick tell nothing new.
      if (now.total > last.total) fraction = (now.busy - last.busy) / (now.total - last.total)
      last = now
      return fraction
    },
    memory: () => ({ totalBytes: os.totalmem(), usedBytes: os.totalmem() - os.freemem() }),
    temperature: () => {
      if (Date.now() - readAt > TEMPERATURE_EVERY_MS) {
        readAt = Date.now()
        // Half a megabyte, of which a start needs nothing.
        import('systeminformation')
          .then(({ cpuTemperature }) => cpuTemperature())
          .then(({ main }) => (temperature = Number.isFinite(main) && main > 0 ? main : null))
          .catch(() => (temperature = null))
      }
      return temperature
    },
  }
}
