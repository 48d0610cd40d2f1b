// The description beside a prepared data set: what the files are, how large, with which hashes, and for an import what was found
// on the way. Format gptnas-dataset/1.
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { importReportSchema } from '@shared/contract/datasets'
import { AppError } from '@shared/errors'
import { MIB } from '@shared/units'
import { isMissing, readWhole, readWholeSync } from '@node/read-file'

export const MANIFEST_FILE = 'manifest.json'
/** 21,841 classes and a report with what was left out come to some megabytes. */
const READING = { what: 'manifest of a data set', maxBytes: 64 * MIB } as const
export const SPLITS = ['train', 'test'] as const
export type SplitName = (typeof SPLITS)[number]

/** Names of folders and of a file, with a slash between: nothing that leads out of the data set's folder, or elsewhere. */
const PLAIN_PATH = /^(?:\w[\w.-]*\/)*\w[\w.-]*$/
const fileSchema = z.object({
  path: z.string().max(200).regex(PLAIN_PATH, 'expected plain names below the folder of the data set'),
  bytes: z.number().int(),
  sha256: z.string().length(64),
})

export const splitSchema = z.object({
  count: z.number().int().min(1),
  /** Images per class. */
  classCounts: z.array(z.number().int()),
  /** uint8 `[count, height, width, channels]`, row-major. */
  images: fileSchema,
  /** uint8 `[count]`, or uint16 little-endian where there are more classes than a byte can name. */
  labels: fileSchema,
  /** Where each image came from, a JSON string in each line; imports only. */
  names: fileSchema.optional(),
})
export type PreparedSplit = z.infer<typeof splitSchema>

export const manifestSchema = z.object({
  format: z.literal('gptnas-dataset/1'),
  name: z.string(),
  classes: z.array(z.string()),
  shape: z.tuple([z.number().int(), z.number().int(), z.number().int()]),
  /** Per channel of the train split scaled to [0, 1]. */
  mean: z.array(z.number()),
  deviation: z.array(z.number()),
  splits: z.object({ train: splitSchema, test: splitSchema }),
  source: z.string(),
  createdAt: z.string(),
  /** Imports only. */
  title: z.string().optional(),
  report: importReportSchema.optional(),
  /** Reduced images only (resolutions.ts): the content they were made of. */
  madeFrom: z.string().optional(),
})
export type Manifest = z.infer<typeof manifestSchema>

/** Bytes of one label in the file of a data set with that many classes. */
export function labelBytes(classes: number): 1 | 2 {
  return classes > 256 ? 2 : 1
}

export type PreparedState =
  | { readonly state: 'absent' }
  | { readonly state: 'ready'; readonly manifest: Manifest }
  | { readonly state: 'damaged'; readonly problem: string }

/** Looks at the manifest and the sizes of its files; content-check.ts reads the content. */
export async function readPrepared(folder: string): Promise<PreparedState> {
  let text: string
  try {
    text = (await readWhole(path.join(folder, MANIFEST_FILE), READING)).toString('utf8')
  } catch (thrown) {
    if (isMissing(thrown)) return { state: 'absent' }
    return { state: 'damaged', problem: thrown instanceof Error ? thrown.message.replace(/\.$/, '') : String(thrown) }
  }
  const parsed = parseManifest(text)
  if (typeof parsed === 'string') return { state: 'damaged', problem: `${MANIFEST_FILE} cannot be read: ${parsed}` }
  for (const file of preparedFiles(parsed)) {
    const info = await stat(path.join(folder, file.path)).catch(() => undefined)
    if (info?.isFile() !== true || info.size !== file.bytes) {
      const found = info?.isFile() !== true ? 'is missing' : `has ${info.size} bytes instead of ${file.bytes}`
      return { state: 'damaged', problem: `${file.path} ${found}` }
    }
  }
  return { state: 'ready', manifest: parsed }
}

/** Names the images and labels of both splits: equal for equal content. */
export function contentOf({ splits }: Manifest): string {
  return SPLITS.flatMap((name) => [splits[name].images.sha256, splits[name].labels.sha256]).join('')
}

/** Every file that belongs to it, beside the manifest. */
export function preparedFiles({ splits }: Manifest) {
  return SPLITS.flatMap((name) => {
    const { images, labels, names } = splits[name]
    return names === undefined ? [images, labels] : [images, labels, names]
  })
}

/** The manifest alone, for who cannot wait; undefined where it cannot be read. */
export function readManifest(folder: string): Manifest | undefined {
  try {
    const parsed = parseManifest(readWholeSync(path.join(folder, MANIFEST_FILE), READING).toString('utf8'))
    return typeof parsed === 'string' ? undefined : parsed
  } catch (thrown) {
    if (thrown instanceof AppError) return undefined
    throw thrown
  }
}

/** @returns why not, where it is not of the format */
function parseManifest(text: string): Manifest | string {
  try {
    const parsed = manifestSchema.safeParse(JSON.parse(text))
    if (parsed.success) return parsed.data
    const [issue] = parsed.error.issues
    return `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is not of its format'}`
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return 'it is no JSON'
    throw thrown
  }
}
