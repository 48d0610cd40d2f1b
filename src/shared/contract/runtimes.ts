// Runtimes service: the builds of TensorFlow that are installed or can be, and which of them computes load. What the machine's devices
// are and what is wrong with them is the runtime service's (runtime.ts).
import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { runtimeCheckSchema, runtimeCheckStepSchema } from './runtime-check'
import { BUILD_IDS } from '../runtime/tensorflow-builds'

const buildIdSchema = z.enum(BUILD_IDS)

export const installProgressSchema = z.object({
  type: z.literal('progress'),
  step: z.enum(['downloading', 'verifying', 'unpacking', 'checking']),
  /** The wheel at work, `index` of `files`. */
  file: z.string(),
  index: z.number().int(),
  files: z.number().int(),
  /** Of this file in this step. */
  doneBytes: z.number(),
  totalBytes: z.number(),
  /** Of the whole installation, in [0, 1]. */
  fraction: z.number(),
})
export type InstallProgress = z.infer<typeof installProgressSchema>

export const runtimeBuildSchema = z.object({
  id: buildIdSchema,
  title: z.string(),
  version: z.string(),
  /** Whether it was built for graphics cards. */
  isForCards: z.boolean(),
  /**
   * `shipped`: came with the program; `installed`; `partial`: an installation stopped and goes on where it stood; `damaged`: a file is
   * missing or not of its size; `absent`.
   */
  state: z.enum(['shipped', 'installed', 'partial', 'damaged', 'absent']),
  /** More about the state, in words; empty where there is no more. */
  found: z.string(),
  isChosen: z.boolean(),
  /** What an installation downloads and what it takes on the disk, as pinned. */
  downloadBytes: z.number(),
  installedBytes: z.number(),
  /** What it takes at this moment, halves included; 0 for one that came with the program. */
  diskBytes: z.number(),
  folder: z.string().nullable(),
})
export type RuntimeBuild = z.infer<typeof runtimeBuildSchema>

export const runtimesSchema = z.object({
  runtimes: z.array(runtimeBuildSchema),
  chosenBy: z.enum(['user', 'environment', 'default']),
  /** What computes load; another than the chosen one where that cannot be loaded. */
  loads: buildIdSchema,
  /** Why another is loaded than the chosen one; empty where it is not so. */
  note: z.string(),
  /** Where runtimes lie, and what is free on that disk. */
  folder: z.string(),
  diskBytes: z.number(),
  freeBytes: z.number().nullable(),
  /** The installation under way in this engine. */
  installing: z.object({ id: buildIdSchema, progress: installProgressSchema.nullable() }).nullable(),
})
export type Runtimes = z.infer<typeof runtimesSchema>

export const installEventSchema = z.discriminatedUnion('type', [
  installProgressSchema,
  z.object({ type: z.literal('finished'), runtimes: runtimesSchema }),
])
export type InstallEvent = z.infer<typeof installEventSchema>

export const packEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), doneBytes: z.number(), totalBytes: z.number() }),
  z.object({ type: z.literal('finished'), file: z.string(), sizeBytes: z.number() }),
])
export type PackEvent = z.infer<typeof packEventSchema>

export const runtimeCheckEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('step'), step: runtimeCheckStepSchema }),
  z.object({ type: z.literal('finished'), id: buildIdSchema, check: runtimeCheckSchema }),
])
export type RuntimeCheckEvent = z.infer<typeof runtimeCheckEventSchema>

const named = z.object({ id: buildIdSchema })

export const runtimesContract = {
  list: oc.output(runtimesSchema),
  /**
   * Installs a build, or goes on with one that stopped; whoever asks while it is under way joins. It goes on when the iterator is broken
   * off: `cancel` ends it.
   * @throws conflict while another one is installed, not-found and invalid-input for files that are not the pinned ones, runtime-missing
   *   where a file cannot be had, storage-failed, cancelled
   */
  install: oc
    .input(
      named.extend({
        /** Wheels, folders with wheels, or one archive that `pack` made; empty: from the package index. */
        from: z.array(z.string().min(1)).max(64).default([]),
        /** Address of a simple index in place of the public one. */
        index: z.string().nullable().default(null),
      }),
    )
    .output(eventIterator(installEventSchema)),
  /** Ends the installation under way; what is complete of it stays for the next. */
  cancel: oc.output(runtimesSchema),
  /** Makes computes load a build from now on. @throws not-found where it is not installed, conflict while a compute works */
  choose: oc.input(named).output(runtimesSchema),
  /** Removes an installed build, whole or not, and halves of its downloads. @throws not-found, conflict while it is the chosen one */
  remove: oc.input(named).output(runtimesSchema),
  /**
   * Tries a build in processes that may die of it: loads, finds devices, compares kernels, trains; what is found is remembered for this
   * machine and acted on where it is the build in use.
   * @throws not-found, storage-damaged where `files` finds one that is not as pinned, conflict while a compute works
   */
  check: oc
    .input(
      z.object({
        /** null: the one in use. */
        id: buildIdSchema.nullable().default(null),
        /** Reads every byte of its files first. */
        files: z.boolean().default(false),
      }),
    )
    .output(eventIterator(runtimeCheckEventSchema)),
  /** Writes an installed build as one file that `install` takes on another machine. @throws not-found, conflict, storage-failed */
  pack: oc.input(named.extend({ file: z.string() })).output(eventIterator(packEventSchema)),
}
