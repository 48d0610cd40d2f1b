// Reads NVIDIA devices, what they are doing and which process holds how much of them from `nvidia-smi`. Fields a card does not
// tell come as "[N/A]" or "[Not Supported]" and stay null. Not seen on a real card here: tested with stand-in programs.
import { execFile, type ChildProcess } from 'node:child_process'
import { MIB } from '@shared/units'
import { within } from '@node/waiting'

export interface NvidiaDevice {
  readonly index: number
  /** Names the card whatever the order of devices; null where it does not tell. */
  readonly uuid: string | null
  readonly name: string
  readonly memoryBytes: number | null
  readonly usedBytes: number | null
  /** Fraction of the last sample period in which a kernel ran. */
  readonly utilisation: number | null
  /** Degrees Celsius. */
  readonly temperature: number | null
  readonly driver: string | null
}

/** A part of a card that acts as a device of its own (multi-instance GPU). */
export interface MigInstance {
  /** Index of the card it is a part of. */
  readonly card: number
  readonly uuid: string
  readonly name: string
  /** From the profile's name, e.g. `1g.10gb`. */
  readonly memoryBytes: number | null
}

/** Device memory that one process holds. */
export interface GpuProcess {
  readonly pid: number
  readonly uuid: string
  readonly usedBytes: number
}

const FIELDS = [
  'index',
  'name',
  'memory.total',
  'memory.used',
  'temperature.gpu',
  'driver_version',
  'uuid',
  'utilization.gpu',
] as const
const APPLICATION_FIELDS = ['pid', 'gpu_uuid', 'used_gpu_memory'] as const
/** Profiles are named in decimal gigabytes. */
const GIGABYTE = 1e9
/** A driver that hangs must not hang the engine. */
const TIMEOUT_MS = 5000

function cellsOf(csv: string): string[][] {
  return csv.split('\n').map((line) => line.split(',').map((cell) => cell.trim()))
}

function readNumber(text: string | undefined): number | null {
  return text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Number(text) : null
}

function readBytes(text: string | undefined): number | null {
  const mebibytes = readNumber(text)
  return mebibytes === null ? null : mebibytes * MIB
}

const readText = (text: string | undefined): string | null =>
  text === undefined || text === '' || text.startsWith('[') ? null : text

/** Rows that do not have every field, or no index, are left out. */
export function parseNvidiaSmi(csv: string): NvidiaDevice[] {
  return cellsOf(csv).flatMap((cells) => {
    // A product name may hold commas: what is too much belongs to it.
    const extra = cells.length - FIELDS.length
    if (extra < 0) return []
    const name = cells.slice(1, 2 + extra).join(', ')
    const [total, used, temperature, driver, uuid, utilisation] = cells.slice(2 + extra)
    const index = readNumber(cells[0])
    if (index === null) return []
    const percent = readNumber(utilisation)
    return [
      {
        index,
        uuid: readText(uuid),
        name,
        memoryBytes: readBytes(total),
        usedBytes: readBytes(used),
        utilisation: percent === null ? null : percent / 100,
        temperature: readNumber(temperature),
        driver: readText(driver),
      },
    ]
  })
}

/** The MIG lines of `nvidia-smi -L`, in both forms of their UUIDs; cards without such parts give none. */
export function parseMigInstances(listing: string): MigInstance[] {
  let card: number | null = null
  return listing.split('\n').flatMap((line) => {
    const whole = /^GPU (\d+):/.exec(line)
    if (whole) card = Number(whole[1])
    const part = /^\s+MIG (\S+)\s+Device\s+\d+:\s+\(UUID:\s*(MIG-[^)\s]+)\)/.exec(line)
    if (!part || card === null) return []
    const gigabytes = /(\d+)gb/.exec(part[1]!)?.[1]
    const memoryBytes = gigabytes === undefined ? null : Number(gigabytes) * GIGABYTE
    return [{ card, uuid: part[2]!, name: `MIG ${part[1]!}`, memoryBytes }]
  })
}

/** Rows whose memory is not told (in containers, under Windows' driver model) are left out. */
function parseGpuProcesses(csv: string): GpuProcess[] {
  return cellsOf(csv).flatMap(([first, uuid, memory]) => {
    const pid = readNumber(first)
    const usedBytes = readBytes(memory)
    return pid === null || usedBytes === null || !uuid ? [] : [{ pid, uuid, usedBytes }]
  })
}

/** What the program printed; empty where there is no driver, it fails or does not answer in time. */
function ask(program: string, args: readonly string[], timeoutMs: number): Promise<string> {
  let child: ChildProcess | undefined
  const output = new Promise<string>((resolve) => {
    child = execFile(program, args, (error, printed) => resolve(error ? '' : printed))
  })
  return within(timeoutMs, output, () => {
    // A program stuck inside the driver cannot even be killed: it is not waited for.
    child?.kill('SIGKILL')
    return ''
  })
}

export interface NvidiaSmi {
  /** Cards of this machine; an empty list where there is no driver or it does not answer. */
  devices(): Promise<NvidiaDevice[]>
  /** Parts of cards in multi-instance mode. */
  migInstances(): Promise<MigInstance[]>
  /** Who holds device memory, as far as the driver tells. */
  processes(): Promise<GpuProcess[]>
}

const CSV = '--format=csv,noheader,nounits'

/** @param program name or path; replaced in tests, as is the time limit */
export function nvidiaSmi(program = 'nvidia-smi', timeoutMs = TIMEOUT_MS): NvidiaSmi {
  return {
    devices: async () => parseNvidiaSmi(await ask(program, [`--query-gpu=${FIELDS.join(',')}`, CSV], timeoutMs)),
    migInstances: async () => parseMigInstances(await ask(program, ['-L'], timeoutMs)),
    processes: async () =>
      parseGpuProcesses(await ask(program, [`--query-compute-apps=${APPLICATION_FIELDS.join(',')}`, CSV], timeoutMs)),
  }
}
