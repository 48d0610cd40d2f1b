// What of the machine computes use: devices, settings, slots, and the benchmark that sets the defaults.
import { z } from 'zod'
import { deviceSettingsSchema } from '../runtime/device-settings'

/** What was true of the machine when it was measured; a benchmark holds as long as this does. */
export const machineKeySchema = z.object({
  /** Of the native libraries (engine: machine/tensorflow-build). */
  tensorflowBuild: z.string(),
  processor: z.string(),
  cores: z.number().int(),
  gpus: z.array(z.string()),
})
export type MachineKey = z.infer<typeof machineKeySchema>

/** The networks a benchmark trains, small to large. */
export const BENCHMARK_NETWORK_NAMES = ['small', 'middle'] as const

export const measurementSchema = z.object({
  device: z.enum(['cpu', 'gpu']),
  /** Computes at work at the same time, on one card where it is a card. */
  slots: z.number().int(),
  threads: z.number().int(),
  /** All computes together, training steps of the product. */
  rates: z.array(z.object({ network: z.string(), imagesPerSecond: z.number() })),
  /** Geometric mean over the networks, relative to one compute; null where it could not be measured. */
  score: z.number().nullable(),
  /** Why it could not be measured. */
  problem: z.string().nullable(),
})
export type Measurement = z.infer<typeof measurementSchema>

export const benchmarkResultSchema = z.object({
  measuredAt: z.string(),
  machine: machineKeySchema,
  /** Whether the self-check allowed TensorFlow's fast kernels. */
  oneDnn: z.boolean(),
  /** Fraction of all cores that other programs kept busy just before. */
  othersBusy: z.number(),
  measurements: z.array(measurementSchema),
  chosen: z.object({
    cpuSlots: z.number().int().nullable(),
    threadsPerSlot: z.number().int().nullable(),
    slotsPerGpu: z.number().int().nullable(),
  }),
  /** What was chosen and why, with figures. */
  reason: z.string(),
})
export type BenchmarkResult = z.infer<typeof benchmarkResultSchema>

export const benchmarkEventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('progress'),
    message: z.string(),
    /** In [0, 1]; null where the number of steps is not known beforehand. */
    fraction: z.number().nullable(),
  }),
  z.object({ type: z.literal('measured'), measurement: measurementSchema }),
  z.object({ type: z.literal('finished'), result: benchmarkResultSchema }),
])
export type BenchmarkEvent = z.infer<typeof benchmarkEventSchema>

export const devicesSchema = z.object({
  processor: z.string(),
  cores: z.number().int(),
  coresLimitedBy: z.string().nullable(),
  memoryBytes: z.number(),
  /** Cards that TensorFlow can use here. */
  gpus: z.array(z.object({ id: z.string(), name: z.string(), memoryBytes: z.number().nullable() })),
  /** What the user stored, and what the environment sets in its place. */
  settings: deviceSettingsSchema,
  environment: deviceSettingsSchema,
  slots: z.array(z.object({ device: z.string(), threads: z.number().int(), gpuMemoryBytes: z.number().nullable() })),
  /** Where the number of slots and threads comes from. */
  source: z.enum(['settings', 'benchmark', 'rule']),
  notes: z.array(z.string()),
  benchmark: benchmarkResultSchema.nullable(),
  /** Why the benchmark does not count: another machine since, or a busy one then; null while it does, or where there is none. */
  staleBecause: z.string().nullable(),
})
export type Devices = z.infer<typeof devicesSchema>
