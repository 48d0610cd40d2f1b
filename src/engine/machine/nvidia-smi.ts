// Reads NVIDIA devices from `nvidia-smi`. Fields a card does not tell come as "[N/A]" or "[Not Supported]" and stay null.
// Not seen on a real card here: tested with the output of a stand-in program.
import { execFile } from 'node:child_process'

export interface NvidiaDevice {
  readonly index: number
  readonly name: string
  readonly memoryBytes: number | null
  readonly usedBytes: number | null
  /** Degrees Celsius. */
  readonly temperature: number | null
  readonly driver: string | null
}

const FIELDS = ['index', 'name', 'memory.total', 'memory.used', 'temperature.gpu', 'driver_version'] as const
const MEBIBYTE = 1024 * 1024
/** A driver that hangs must not hang the doctor. */
const TIMEOUT_MS = 5000

/** Rows that do not have every field, or no index, are left out. */
export function parseNvidiaSmi(csv: string): NvidiaDevice[] {
  return csv.split('\n').flatMap((line) => {
    const cells = line.split(',').map((cell) => cell.trim())
    // A product name may hold commas: what is too much belongs to it.
    const extra = cells.length - FIELDS.length
    if (extra < 0) return []
    const name = cells.slice(1, 2 + extra).join(', ')
    const [total, used, temperature, driver] = cells.slice(2 + extra)
    const index = readNumber(cells[0])
    if (index === null) return []
    const bytes = (text: string | undefined): number | null => {
      const mebibytes = readNumber(text)
      return mebibytes === null ? null : mebibytes * MEBIBYTE
    }
    const version = driver === undefined || driver === '' || driver.startsWith('[') ? null : driver
    return [
      {
        index,
        name,
        memoryBytes: bytes(total),
        usedBytes: bytes(used),
        temperature: readNumber(temperature),
        driver: version,
      },
    ]
  })
}

function readNumber(text: string | undefined): number | null {
  return text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Number(text) : null
}

/** Devices of this machine; an empty list where there is no driver or it does not answer. */
export function nvidiaDevices(program = 'nvidia-smi'): Promise<NvidiaDevice[]> {
  return new Promise((resolve) => {
    const args = [`--query-gpu=${FIELDS.join(',')}`, '--format=csv,noheader,nounits']
    execFile(program, args, { timeout: TIMEOUT_MS }, (error, output) => resolve(error ? [] : parseNvidiaSmi(output)))
  })
}
