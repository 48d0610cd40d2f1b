// From the machine and the settings to compute slots: which device, how many threads, how much of a card's memory. Pure: the
// machine is read elsewhere (machine/), slots are filled by local-computes. GPUs: by the rules of CUDA and TensorFlow as
// documented, not seen on a real card here.
import { AppError } from '@shared/errors'
import type { DeviceSettings } from '@shared/runtime/device-settings'
import { GIB, MIB } from '@shared/units'

/** A card, or a part of one in multi-instance mode. */
export interface PlannedGpu {
  /** For CUDA_VISIBLE_DEVICES; a card that does not tell its UUID goes by its index. */
  readonly id: string
  readonly name: string
  readonly memoryBytes: number | null
}

export interface PlannedMachine {
  /** Cores that may be kept busy (machine/limits). */
  readonly cores: number
  readonly memoryBytes: number
  /** Cards that the installed TensorFlow can use; empty for its processor build. */
  readonly gpus: readonly PlannedGpu[]
}

export interface PlannedSlot {
  /** Intra-op threads of its compute. */
  readonly threads: number
  /** null: the processor. */
  readonly gpu: PlannedGpu | null
  /** Device memory this slot may hold; null on the processor and where the card does not tell its size. */
  readonly gpuMemoryBytes: number | null
}

export interface DevicePlan {
  readonly slots: readonly PlannedSlot[]
  /** What is unusual about it, for people. */
  readonly notes: readonly string[]
}

/** A compute takes about a gigabyte (measured with CIFAR-10 resident); as much again is left for everything else. */
export const MEMORY_PER_COMPUTE = 2e9
/**
 * Part of a card left to the driver, CUDA contexts and the display: a context alone takes 300 to 500 MB (NVIDIA's MPS guide), 5 % of
 * a small card of 8 GB is 400 MB.
 */
const GPU_RESERVE = 0.05

/** One compute with one thread for every core: many small candidates train fastest that way (docs/decisions/070, "Benchmark"). */
function defaultCpuSlots({ cores, memoryBytes }: Pick<PlannedMachine, 'cores' | 'memoryBytes'>, threads = 1) {
  return Math.max(1, Math.min(Math.floor(cores / threads), Math.floor(memoryBytes / MEMORY_PER_COMPUTE)))
}

/**
 * @param settings explicit ones first, measured ones behind them (`withFallback`)
 * @throws AppError `invalid-input` for settings that this machine cannot follow
 */
export function planDevices(machine: PlannedMachine, settings: DeviceSettings): DevicePlan {
  const { cores, gpus } = machine
  const { threadsPerSlot } = settings
  const perGpu = settings.slotsPerGpu ?? 1
  // Beside a card the processor would train each candidate many times slower and every generation would wait for it.
  const onProcessor = settings.cpuSlots ?? (gpus.length > 0 ? 0 : defaultCpuSlots(machine, threadsPerSlot ?? 1))
  refuseImpossible(machine, settings, perGpu, onProcessor)
  const count = onProcessor + gpus.length * perGpu
  const threads = threadsPerSlot ?? Math.max(1, Math.floor(cores / count))
  const share = settings.gpuMemoryShare ?? 1 / perGpu
  const slots: PlannedSlot[] = gpus.flatMap((gpu) =>
    Array.from({ length: perGpu }, () => ({ threads, gpu, gpuMemoryBytes: memoryOf(gpu, share) })),
  )
  for (let index = 0; index < onProcessor; index++) slots.push({ threads, gpu: null, gpuMemoryBytes: null })
  return { slots, notes: notesOn(machine, settings, slots) }
}

function memoryOf(gpu: PlannedGpu, share: number): number | null {
  return gpu.memoryBytes === null ? null : Math.floor(gpu.memoryBytes * (1 - GPU_RESERVE) * share)
}

function refuseImpossible(
  { cores, gpus }: PlannedMachine,
  { threadsPerSlot, gpuMemoryShare }: DeviceSettings,
  perGpu: number,
  onProcessor: number,
): void {
  const refuse = (message: string, fix: string): never => {
    throw new AppError('invalid-input', message, fix)
  }
  if (onProcessor === 0 && gpus.length === 0)
    refuse(
      'No compute would be left: 0 processor slots, and no graphics card that TensorFlow can use.',
      'Set at least 1.',
    )
  if (threadsPerSlot !== null && threadsPerSlot > cores)
    refuse(`${threadsPerSlot} threads per slot were asked for; ${cores} cores can be used here.`, `Set 1 to ${cores}.`)
  if (gpuMemoryShare !== null && gpuMemoryShare * perGpu > 1)
    refuse(
      `${perGpu} slots per card with ${gpuMemoryShare} of its memory each are more than the card.`,
      `Set a share of at most ${(1 / perGpu).toFixed(2)}, or fewer slots.`,
    )
}

function notesOn(
  { cores, memoryBytes, gpus }: PlannedMachine,
  settings: DeviceSettings,
  slots: readonly PlannedSlot[],
) {
  const threads = slots.reduce((sum, slot) => sum + slot.threads, 0)
  const notes: string[] = []
  if (threads > cores)
    notes.push(
      `${threads} threads in all share ${cores} cores; they take turns, which is slower than one thread a core.`,
    )
  if (slots.length > 1 && slots.length * MEMORY_PER_COMPUTE > memoryBytes)
    notes.push(`${slots.length} computes may need more than the ${(memoryBytes / 1e9).toFixed(1)} GB of memory here.`)
  if (gpus.length === 0 && (settings.slotsPerGpu !== null || settings.gpuMemoryShare !== null))
    notes.push('What is set for graphics cards has no effect: TensorFlow uses none here.')
  return notes
}

/**
 * The variables that tie a compute to its slot's device; TensorFlow and CUDA read them while they load.
 * @see docs/decisions/070-slots-and-devices.md for what they can enforce and what is watched instead
 */
export function deviceEnvironment({ gpu, gpuMemoryBytes }: PlannedSlot): Record<string, string> {
  // A build for cards would otherwise take every card it finds.
  if (gpu === null) return { CUDA_VISIBLE_DEVICES: '-1' }
  const megabytes = gpuMemoryBytes === null ? null : Math.floor(gpuMemoryBytes / MIB)
  return {
    CUDA_DEVICE_ORDER: 'PCI_BUS_ID', // nvidia-smi's order, for cards that go by their index
    CUDA_VISIBLE_DEVICES: gpu.id,
    // Without it the first compute takes the whole card.
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
    // What the driver compiles for a card newer than the build takes minutes and must not push itself out: the driver's default of 256 MB
    // or 1 GB (CUDA C++ Programming Guide, environment variables) is less than TensorFlow's kernels.
    CUDA_CACHE_MAXSIZE: String(4 * GIB),
    // A hard limit where NVIDIA's multi-process service runs, ignored elsewhere.
    ...(megabytes === null ? {} : { CUDA_MPS_PINNED_DEVICE_MEM_LIMIT: `0=${megabytes}M` }),
  }
}

/**
 * The cards that a user's own CUDA_VISIBLE_DEVICES leaves: indices or the beginnings of UUIDs; as in CUDA, everything after the first
 * entry that names no card is ignored, so an empty value and -1 leave none.
 * @param variable its value; undefined leaves all
 * @param parts of cards in multi-instance mode: an entry that names one leaves its card
 */
export function visibleGpus<T extends { readonly index: number; readonly uuid: string | null }>(
  gpus: readonly T[],
  variable: string | undefined,
  parts: readonly { readonly card: number; readonly uuid: string }[] = [],
): T[] {
  if (variable === undefined) return [...gpus]
  const chosen: T[] = []
  const seen = new Set<string>()
  for (const entry of variable.split(',').map((part) => part.trim())) {
    const part = entry.startsWith('MIG-') ? parts.find(({ uuid }) => uuid.startsWith(entry)) : undefined
    const found = gpus.find(({ index, uuid }) =>
      part !== undefined
        ? index === part.card
        : /^\d+$/.test(entry)
          ? index === Number(entry)
          : entry.length > 0 && (uuid ?? '').startsWith(entry),
    )
    const name = part?.uuid ?? String(found?.index)
    if (!found || seen.has(name)) break
    seen.add(name)
    if (!chosen.includes(found)) chosen.push(found)
  }
  return chosen
}

/** The parts of one card that the variable leaves: those that it names, or all where it names none of them but the card. */
export function visibleParts<T extends { readonly uuid: string }>(
  parts: readonly T[],
  variable: string | undefined,
): T[] {
  const entries = (variable ?? '').split(',').map((entry) => entry.trim())
  const named = parts.filter(({ uuid }) => entries.some((entry) => entry.startsWith('MIG-') && uuid.startsWith(entry)))
  return named.length > 0 ? named : [...parts]
}
