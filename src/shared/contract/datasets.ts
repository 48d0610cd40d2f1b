// Data-set service: what is available, fetching and preparing it, importing the user's own, a look inside. Pixels cross only
// as small PNG thumbnails.
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
  /** On disk once prepared, with its resolutions. */
  sizeBytes: z.number(),
  /** Smaller images kept for runs of low fidelity, ascending; absent means none. */
  resolutions: z.array(z.object({ resolution: z.number().int(), bytes: z.number() })).optional(),
  downloadBytes: z.number(),
  licence: z.string(),
  problem: z.string().nullable(),
  /** Brought in by the user; absent means that it comes from the catalogue. */
  isImported: z.boolean().optional(),
})
export type Dataset = z.infer<typeof datasetSchema>

/** Steps of `get` and `import` as they happen; the last one is `ready`. */
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

/** What the importers understand, in the order in which they are tried. */
export const IMPORT_KINDS = [
  'prepared',
  'cifar-python',
  'cifar-binary',
  'mnist-idx',
  'imagenet',
  'csv-images',
  'class-folders',
] as const
export const importKindSchema = z.enum(IMPORT_KINDS)
export type ImportKind = z.infer<typeof importKindSchema>

/** How an image of another size becomes the chosen one. Resampling is bilinear over the whole source area. */
export const FIT_POLICIES = ['crop', 'stretch', 'pad'] as const
export const fitPolicySchema = z.enum(FIT_POLICIES)
export type FitPolicy = z.infer<typeof fitPolicySchema>

/** Above this a pixel-exact import is hardly meant, and one image no longer fits a training step. */
export const MAX_SIDE = 1024
const side = z.number().int().min(1).max(MAX_SIDE)

/** In a path: what follows is the name of a data set. */
export const DATASET_PREFIX = 'dataset:'

/** Which folders are which split, below the place of import; "none" where the folders are classes whatever they are called. */
const namedSplitsSchema = z.object({
  train: z.string().min(1),
  validation: z.string().min(1).optional(),
  test: z.string().min(1).optional(),
})
export const splitFoldersSchema = z.union([z.literal('none'), namedSplitsSchema])
export type SplitFolders = z.infer<typeof splitFoldersSchema>

export const importRequestSchema = z.object({
  /**
   * A folder, an archive (zip, tar, tar.gz) or the one file that names the others (CSV); or `dataset:NAME`, a data set that is
   * ready, to make a smaller one of it.
   */
  path: z.string().min(1),
  /** Lower-case letters, digits and dashes: the folder's name, and what definitions store. */
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'must be lower-case letters, digits and dashes'),
  /** null recognises it. */
  kind: importKindSchema.nullable().default(null),
  /** null recognises them by their usual names; of folders of classes only. */
  splits: splitFoldersSchema.nullable().default(null),
  /** `[height, width]`; null keeps the size where all images have one. */
  size: z.tuple([side, side]).nullable().default(null),
  policy: fitPolicySchema.default('crop'),
  /** null keeps what the format says, and is 3 for image files. */
  channels: z
    .union([z.literal(1), z.literal(3)])
    .nullable()
    .default(null),
  /** Share that becomes the test split where none is given. Default: a sixth, as in CIFAR-10 and MNIST. */
  testShare: z
    .number()
    .min(0.01)
    .max(0.5)
    .default(1 / 6),
  /** Of that draw. */
  seed: z.number().int().default(0),
  /** Takes the place of an import of that name. */
  replace: z.boolean().default(false),
})
export type ImportRequest = z.infer<typeof importRequestSchema>

export const recognisedSchema = z.object({
  kind: importKindSchema,
  /** null where only reading the files tells. */
  classes: z.number().nullable(),
  images: z.number().nullable(),
  hasTest: z.boolean(),
  /** `[height, width, channels]` where the format fixes it. */
  shape: z.tuple([z.number(), z.number(), z.number()]).nullable(),
  suggestedName: z.string(),
  /** Classes with their images by split, as an import would take them; `open` belongs to no split yet. Null as `classes`. */
  preview: z
    .array(z.object({ name: z.string(), train: z.number(), test: z.number(), open: z.number() }))
    .nullable()
    .default(null),
  /** Choices that an import would make and what it would leave out. */
  notes: z.array(z.string()).default([]),
  /** Set where folders look like splits and could be classes: the splits that they would be. An import needs `splits` then. */
  question: namedSplitsSchema.partial().nullable().default(null),
})
export type Recognised = z.infer<typeof recognisedSchema>

/** Counts of images: train images that repeat an earlier one, test images that do, test images that are in train too. */
const repeatsSchema = z.object({ withinTrain: z.number(), withinTest: z.number(), across: z.number() })
/** Images that are the same, or look it, as prepared. */
export const duplicatesSchema = z.object({
  /** Every pixel equal. */
  exact: repeatsSchema,
  /** Not equal, but at most four bits of a 64-bit difference hash and a few grey levels apart: a hint, not a proof. */
  near: repeatsSchema,
  examples: z.array(z.object({ first: z.string(), second: z.string(), isExact: z.boolean(), isAcross: z.boolean() })),
})
export type Duplicates = z.infer<typeof duplicatesSchema>

const rangeSchema = z.object({ min: z.number(), median: z.number(), max: z.number() })
export const importReportSchema = z.object({
  kind: importKindSchema,
  /** Where it came from. */
  path: z.string(),
  options: importRequestSchema.pick({ policy: true, testShare: true, seed: true }),
  testFrom: z.enum(['given', 'share']),
  /** What the user should know: choices made, warnings. */
  notes: z.array(z.string()),
  /** Of the images before resizing. */
  sizes: z.object({
    height: rangeSchema,
    width: rangeSchema,
    /** Most frequent first, at most 5. */
    common: z.array(z.object({ height: z.number(), width: z.number(), count: z.number() })),
    distinct: z.number(),
  }),
  /** Left out: damaged, unreadable or without a class. The first 200 are named. */
  skipped: z.object({ count: z.number(), files: z.array(z.object({ file: z.string(), reason: z.string() })) }),
  duplicates: duplicatesSchema,
})
export type ImportReport = z.infer<typeof importReportSchema>

export const inspectionSchema = z.object({
  dataset: datasetSchema,
  /** Images per class, in the order of the data set's classes. */
  classCounts: z.object({ train: z.array(z.number()), test: z.array(z.number()) }),
  source: z.string(),
  createdAt: z.string(),
  /** null for a catalogue set. */
  report: importReportSchema.nullable(),
})
export type Inspection = z.infer<typeof inspectionSchema>

const name = z.object({ name: z.string() })
/** null means the data set itself. */
const resolution = z.number().int().min(1).nullable().default(null)

export const datasetsContract = {
  list: oc.output(z.array(datasetSchema)),
  /**
   * Fetches, checks and prepares, then makes the smaller images where a resolution is given; does nothing when ready. `from` is the
   * archive of a catalogue set, brought by hand to a machine without a network.
   */
  get: oc
    .input(name.extend({ resolution, from: z.string().min(1).nullable().default(null) }))
    .output(eventIterator(datasetProgressSchema)),
  /** Re-reads every file against its recorded hash. */
  check: oc.input(name).output(z.object({ ok: z.boolean(), problems: z.array(z.string()) })),
  preview: oc
    .input(name.extend({ count: z.number().int().min(1).max(200).default(40), seed: z.number().int().default(0) }))
    .output(datasetPreviewSchema),
  /** What is at a path and what an import would make of it; nothing is written. */
  recognise: oc.input(importRequestSchema.pick({ path: true, kind: true, splits: true })).output(recognisedSchema),
  /** Reads the user's files into the workspace; breaking off leaves nothing behind. */
  import: oc.input(importRequestSchema).output(eventIterator(datasetProgressSchema)),
  /** Counts, statistics and, for an import, what was found on the way. */
  inspect: oc.input(name).output(inspectionSchema),
  /** Removes an import from the workspace; catalogue sets stay. With a resolution, only these smaller images of either. */
  remove: oc.input(name.extend({ resolution })).output(z.object({})),
}
