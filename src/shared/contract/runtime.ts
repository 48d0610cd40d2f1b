// Runtime service: versions, devices, computes and what is wrong with them; the workspace and who holds it. What computes may
// use of the machine, and the benchmark for it, are described in devices.ts.
import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { deviceSettingsSchema } from '../runtime/device-settings'
import { backupsContract } from './backups'
import { benchmarkEventSchema, devicesSchema } from './devices'

export const diagnosisSchema = z.object({
  id: z.string(),
  title: z.string(),
  status: z.enum(['ok', 'warning', 'error']),
  found: z.string(),
  /** What to do; empty when ok. */
  fix: z.string(),
  /** What is typed for it, as a sentence; said at a command line alone. */
  commandLine: z.string().optional(),
})
export type Diagnosis = z.infer<typeof diagnosisSchema>

export const doctorReportSchema = z.object({
  ok: z.boolean(),
  versions: z.record(z.string(), z.string()),
  devices: z.array(
    z.object({ name: z.string(), kind: z.enum(['cpu', 'gpu']), memoryBytes: z.number(), detail: z.string() }),
  ),
  /** The same cards as nvidia-smi and as TensorFlow see them, in lines for people. */
  cards: z.object({ smi: z.array(z.string()), tensorflow: z.array(z.string()) }).default({ smi: [], tensorflow: [] }),
  memory: z.object({ totalBytes: z.number(), freeBytes: z.number() }),
  disk: z.object({ path: z.string(), freeBytes: z.number() }),
  checks: z.array(diagnosisSchema),
})
export type DoctorReport = z.infer<typeof doctorReportSchema>

export const computeStatusSchema = z.object({
  slot: z.number().int(),
  state: z.enum(['starting', 'checking', 'idle', 'busy', 'restarting', 'dead']),
  pid: z.number().nullable(),
  device: z.string(),
  /** Cores it kept busy over the last second or so; null where the system does not tell. */
  cores: z.number().nullable().default(null),
  memoryBytes: z.number().nullable(),
  /** Device memory it holds; null on the processor and where the driver does not tell. */
  gpuMemoryBytes: z.number().nullable().default(null),
  restarts: z.number().int(),
  notice: z.string().nullable(),
})
export type ComputeStatus = z.infer<typeof computeStatusSchema>

export const workspaceSchema = z.object({
  path: z.string(),
  readOnly: z.boolean(),
  /** Who holds it when it is read-only for us. */
  holder: z.string().nullable(),
  sizeBytes: z.number(),
  runs: z.number().int(),
  /** Stored contents and checkpoints in a workspace whose database knows no run; 0 where it knows one. */
  strayContents: z.number().int().default(0),
})
export type Workspace = z.infer<typeof workspaceSchema>

/** Pushed at most once a second: the status bar. */
export const statusSchema = z.object({
  workspace: workspaceSchema,
  computes: z.array(computeStatusSchema),
  /** Fraction of all cores, over the last second. */
  cpu: z.number(),
  memory: z.object({ totalBytes: z.number(), usedBytes: z.number() }),
  /** Graphics cards as their driver tells, at most some seconds old; empty where there are none. */
  gpus: z
    .array(
      z.object({
        index: z.number().int(),
        name: z.string(),
        /** Fraction of the time in which it worked. */
        utilisation: z.number().nullable(),
        usedBytes: z.number().nullable(),
        memoryBytes: z.number().nullable(),
        temperature: z.number().nullable(),
        powerWatts: z.number().nullable().default(null),
        powerLimitWatts: z.number().nullable().default(null),
        /** Of its multiprocessors, in megahertz. */
        clockMhz: z.number().nullable().default(null),
      }),
    )
    .default([]),
  /** Degrees Celsius where the machine tells. */
  temperature: z.number().nullable(),
})
export type Status = z.infer<typeof statusSchema>

export const runtimeContract = {
  doctor: oc.output(doctorReportSchema),
  status: oc.output(statusSchema),
  watch: oc.output(eventIterator(statusSchema)),
  workspace: oc.output(workspaceSchema),
  ...backupsContract,
  devices: oc.output(devicesSchema),
  /** Stores settings and gives computes the slots that follow. @throws conflict while one works, invalid-input */
  configureDevices: oc.input(deviceSettingsSchema).output(devicesSchema),
  /**
   * Measures which number of computes and threads trains fastest here and stores it as this machine's default. Breaking off the
   * iterator ends it and changes nothing. @throws conflict while a search runs or a compute works
   */
  benchmark: oc.output(eventIterator(benchmarkEventSchema)),
}
