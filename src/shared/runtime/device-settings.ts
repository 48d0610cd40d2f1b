// What a user may decide about the computes of this machine, and where the decision comes from: the environment goes before
// what was stored. Pure; what follows from it on a given machine is the engine's device plan.
import { z } from 'zod'
import { AppError } from '../errors'
import { firstIssue } from '../first-issue'

/** More would be mistaken input: a run takes at most as many computes (search/run). */
const MAX_CPU_SLOTS = 64
/** Issue 5; beyond it a card only switches between contexts. */
const MAX_SLOTS_PER_GPU = 8
/** Threads of the largest machines of today. */
const MAX_THREADS = 256

/** `null`: as measured on this machine, or by rule where nothing was. */
export const deviceSettingsSchema = z.object({
  /** Computes on the processor; 0 only beside graphics cards. */
  cpuSlots: z.number().int().min(0).max(MAX_CPU_SLOTS).nullable().default(null),
  /** Threads of each compute. */
  threadsPerSlot: z.number().int().min(1).max(MAX_THREADS).nullable().default(null),
  /** Computes on each graphics card. */
  slotsPerGpu: z.number().int().min(1).max(MAX_SLOTS_PER_GPU).nullable().default(null),
  /** Part of a card's memory that one compute may hold. */
  gpuMemoryShare: z.number().min(0.05).max(1).nullable().default(null),
})
export type DeviceSettings = z.infer<typeof deviceSettingsSchema>

export const NO_DEVICE_SETTINGS: DeviceSettings = deviceSettingsSchema.parse({})

/** The variable of each setting. */
export const DEVICE_VARIABLES: Readonly<Record<keyof DeviceSettings, string>> = {
  cpuSlots: 'GPTNAS_CPU_SLOTS',
  threadsPerSlot: 'GPTNAS_THREADS_PER_SLOT',
  slotsPerGpu: 'GPTNAS_SLOTS_PER_GPU',
  gpuMemoryShare: 'GPTNAS_GPU_MEMORY_SHARE',
}

/**
 * Settings from untrusted input.
 * @param nameOf how the input calls a setting, for the message
 * @throws AppError `invalid-input`
 */
export function parseDeviceSettings(input: unknown, nameOf: (key: string) => string = (key) => key): DeviceSettings {
  const parsed = deviceSettingsSchema.strict().safeParse(input)
  if (parsed.success) return parsed.data
  throw new AppError(
    'invalid-input',
    `${firstIssue(parsed.error, 'Device settings', ([key]) => nameOf(String(key)))}.`,
    `Whole numbers: processor slots 0 to ${MAX_CPU_SLOTS}, threads 1 to ${MAX_THREADS}, slots per card 1 to ${MAX_SLOTS_PER_GPU}; the memory share is a part from 0.05 to 1.`,
  )
}

/**
 * What the environment sets; variables that are unset or empty set nothing.
 * @throws AppError `invalid-input` naming the variable
 */
export function environmentDeviceSettings(env: Readonly<Record<string, string | undefined>>): DeviceSettings {
  const given = Object.entries(DEVICE_VARIABLES).flatMap(([key, variable]) => {
    const text = env[variable]?.trim()
    // Text that is no number is left as it is, for the schema to refuse.
    return text ? [[key, Number.isNaN(Number(text)) ? text : Number(text)] as const] : []
  })
  return parseDeviceSettings(Object.fromEntries(given), (key) => DEVICE_VARIABLES[key as keyof DeviceSettings] ?? key)
}

/** Settings of `first`, and of `second` where that leaves something open. */
export function withFallback(first: DeviceSettings, second: DeviceSettings): DeviceSettings {
  return {
    cpuSlots: first.cpuSlots ?? second.cpuSlots,
    threadsPerSlot: first.threadsPerSlot ?? second.threadsPerSlot,
    slotsPerGpu: first.slotsPerGpu ?? second.slotsPerGpu,
    gpuMemoryShare: first.gpuMemoryShare ?? second.gpuMemoryShare,
  }
}
