// Data-set service: what is available, fetching and preparing it, a look inside. Pixels cross only as small PNG thumbnails.
import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'

export const datasetSchema = z.object({
  name: z.string(),
  title: z.string(),
  state: z.enum(['absent', 'preparing', 'ready', 'damaged']),
  classes: z.array(z.string()),
  /** `[height, width, channels]` */
  shape: z.tuple([z.number(), z.number(), z.number()]),
  trainImages: z.number(),
  testImages: z.number(),
  /** Per channel, of the train split scaled to [0, 1]; null until prepared. */
  mean: z.array(z.number()).nullable(),
  deviation: z.array(z.number()).nullable(),
  /** On disk once prepared. */
  sizeBytes: z.number(),
  downloadBytes: z.number(),
  licence: z.string(),
  problem: z.string().nullable(),
})
export type Dataset = z.infer<typeof datasetSchema>

/** Steps of `get` as they happen; the last one is `ready`. */
export const datasetProgressSchema = z.object({
  stage: z.enum(['downloading', 'checking', 'unpacking', 'writing', 'ready']),
  /** Fraction in [0, 1] of this stage; null where it cannot be known. */
  fraction: z.number().nullable(),
  message: z.string(),
})
export type DatasetProgress = z.infer<typeof datasetProgressSchema>

export const datasetPreviewSchema = z.object({
  /** Images per class in the train split, in the order of `classes`. */
  classCounts: z.array(z.number()),
  samples: z.array(z.object({ index: z.number(), label: z.number(), png: z.string() })),
})

const name = z.object({ name: z.string() })

export const datasetsContract = {
  list: oc.output(z.array(datasetSchema)),
  /** Fetches, checks and prepares; does nothing when ready. */
  get: oc.input(name).output(eventIterator(datasetProgressSchema)),
  /** Re-reads every file against its recorded hash. */
  check: oc.input(name).output(z.object({ ok: z.boolean(), problems: z.array(z.string()) })),
  preview: oc
    .input(name.extend({ count: z.number().int().min(1).max(200).default(40), seed: z.number().int().default(0) }))
    .output(datasetPreviewSchema),
}
