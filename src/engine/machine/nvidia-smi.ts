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
  /** As 8.6; null where the driver is too old to tell. */
  readonly capability: number | null
  /** Watts drawn, and the most that it may draw. */
  readonly powerWatts: number | null
  readonly powerLimitWatts: number | null
  /** Of its multiprocessors and its memory, in megahertz. */
  readonly clockMhz: number | null
  readonly memoryClockMhz: number | null
  /** Who may compute on it: Default, Exclusive_Process, Prohibited. */
  readonly computeMode: string | null
  readonly migMode: 'enabled' | 'disabled' | null
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
/** What older drivers may not know: asked apart, since one unknown field makes nvidia-smi answer nothing at all. */
const MORE_FIELDS = [
  'index',
  'compute_cap',
  'power.draw',
  'power.limit',
  'clocks.sm',
  'clocks.mem',
  'compute_mode',
  'mig.mode.current',
] as const
const APPLICATION_FIELDS = ['pid', 'gpu_uuid', 'used_gpu_memory'] as const
/** Profiles are named in decimal gigabytes. */
const GIGABYTE = 1e9
/** Of what a failing program says: more than any of its messages. */
const MAX_SAID = 500
/** A driver that hangs must not hang the engine. */
const TIMEOUT_MS = 5000
/** Where something is decided by the answer: without its persistence mode the driver starts anew for each question, seconds for each card. */
const PATIENCE_MS = 20_000

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
        ...NOTHING_MORE,
      },
    ]
  })
}

/** What an old driver does not tell of a card. */
export const NOTHING_MORE = {
  capability: null,
  powerWatts: null,
  powerLimitWatts: null,
  clockMhz: null,
  memoryClockMhz: null,
  computeMode: null,
  migMode: null,
} as const

/** Adds what a second question told of each card, by its index. */
export function withMore(devices: readonly NvidiaDevice[], csv: string): NvidiaDevice[] {
  const rows = new Map(cellsOf(csv).map((cells) => [readNumber(cells[0]), cells]))
  return devices.map((device) => {
    const cells = rows.get(device.index)
    if (cells === undefined || cells.length !== MORE_FIELDS.length) return device
    const [, capability, power, limit, clock, memoryClock, mode, mig] = cells
    const migText = readText(mig)?.toLowerCase()
    return {
      ...device,
      capability: readNumber(capability),
      powerWatts: readNumber(power),
      powerLimitWatts: readNumber(limit),
      clockMhz: readNumber(clock),
      memoryClockMhz: readNumber(memoryClock),
      computeMode: readText(mode),
      migMode: migText === 'enabled' || migText === 'disabled' ? migText : null,
    }
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

/** How a question to the program ended. */
interface Asked {
  readonly end: SmiAnswer['end']
  /** What it printed, complaints included. */
  readonly text: string
}

function askProgram(program: string, args: readonly string[], timeoutMs: number): Promise<Asked> {
  let child: ChildProcess | undefined
  const output = new Promise<Asked>((resolve) => {
    child = execFile(program, args, (error, printed, complaints) => {
      if (error === null) resolve({ end: 'answered', text: printed })
      else resolve({ end: error.code === 'ENOENT' ? 'absent' : 'failed', text: `${printed}${complaints}`.trim() })
    })
  })
  return within(timeoutMs, output, () => {
    // A program stuck inside the driver cannot even be killed: it is not waited for.
    child?.kill('SIGKILL')
    return { end: 'silent', text: '' } as const
  })
}

/** What the program printed; empty where there is no driver, it fails or does not answer in time. */
async function ask(program: string, args: readonly string[], timeoutMs: number): Promise<string> {
  const { end, text } = await askProgram(program, args, timeoutMs)
  return end === 'answered' ? text : ''
}

/** How the program answered, for who wants to know why there is no card. */
export interface SmiAnswer {
  /** `silent`: it did not end in time. */
  readonly end: 'answered' | 'absent' | 'failed' | 'silent'
  /** What it said where it failed or found none. */
  readonly text: string
  readonly devices: readonly NvidiaDevice[]
}

/** Cards and parts of cards that answer at a moment. */
export interface PresentCards {
  readonly devices: readonly NvidiaDevice[]
  readonly parts: readonly MigInstance[]
}

/** What it says of cards that are not there any more: an end with a failure, and still an answer. */
const LOSS = /No devices were found|GPU is lost|fallen off the bus|Unable to determine the device handle/i

export interface NvidiaSmi {
  /** Cards of this machine; an empty list where there is no driver or it does not answer. */
  devices(): Promise<NvidiaDevice[]>
  /** The same with the reason where there are none. */
  ask(): Promise<SmiAnswer>
  /** Who is there at this moment, asked with patience; null where that is not known: no answer in time, or none about cards. */
  present(): Promise<PresentCards | null>
  /** Parts of cards in multi-instance mode. */
  migInstances(): Promise<MigInstance[]>
  /** Who holds device memory, as far as the driver tells. */
  processes(): Promise<GpuProcess[]>
}

const CSV = '--format=csv,noheader,nounits'

/** @param program name or path; replaced in tests, as are the time limits */
export function nvidiaSmi(program = 'nvidia-smi', timeoutMs = TIMEOUT_MS, patienceMs = PATIENCE_MS): NvidiaSmi {
  const query = (fields: readonly string[]): string[] => [`--query-gpu=${fields.join(',')}`, CSV]
  const more = async (devices: readonly NvidiaDevice[]): Promise<NvidiaDevice[]> =>
    devices.length === 0 ? [] : withMore(devices, await ask(program, query(MORE_FIELDS), timeoutMs))
  return {
    devices: async () => more(parseNvidiaSmi(await ask(program, query(FIELDS), timeoutMs))),
    ask: async () => {
      const { end, text } = await askProgram(program, query(FIELDS), patienceMs)
      const devices = end === 'answered' ? await more(parseNvidiaSmi(text)) : []
      return { end, text: devices.length > 0 ? '' : text.slice(0, MAX_SAID), devices }
    },
    present: async () => {
      const patiently = async (args: readonly string[]): Promise<string | null> => {
        const { end, text } = await askProgram(program, args, patienceMs)
        return end === 'answered' || (end === 'failed' && LOSS.test(text)) ? text : null
      }
      const cards = await patiently(query(FIELDS))
      const listing = cards === null ? null : await patiently(['-L'])
      if (cards === null || listing === null) return null
      return { devices: await more(parseNvidiaSmi(cards)), parts: parseMigInstances(listing) }
    },
    migInstances: async () => parseMigInstances(await ask(program, ['-L'], timeoutMs)),
    processes: async () =>
      parseGpuProcesses(await ask(program, [`--query-compute-apps=${APPLICATION_FIELDS.join(',')}`, CSV], timeoutMs)),
  }
}
