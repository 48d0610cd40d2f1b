// The description beside a prepared data set: what the files are, how large, with which hashes, and for an import what was found
// on the way. Format gptnas-dataset/1.
import { readFileSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { importReportSchema } from '@shared/contract/datasets'
import { sha256OfFile } from '@node/whole-file'
import { errorCode } from '@node/file-error'

export const MANIFEST_FILE = 'manifest.json'
export const SPLITS = ['train', 'test'] as const
export type SplitName = (typeof SPLITS)[number]

const fileSchema = z.object({ path: z.string(), bytes: z.number().int(), sha256: z.string().length(64) })

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

/** Looks at the manifest and the sizes of its files; `checkPrepared` reads the content. */
export async function readPrepared(folder: string): Promise<PreparedState> {
  let text: string
  try {
    text = await readFile(path.join(folder, MANIFEST_FILE), 'utf8')
  } catch (thrown) {
    if (errorCode(thrown) === 'ENOENT') return { state: 'absent' }
    return { state: 'damaged', problem: thrown instanceof Error ? thrown.message : String(thrown) }
  }
  const parsed = parseManifest(text)
  if (parsed === undefined) return { state: 'damaged', problem: `${MANIFEST_FILE} cannot be read` }
  for (const file of preparedFiles(parsed)) {
    const info = await stat(path.join(folder, file.path)).catch(() => undefined)
    if (info?.size !== file.bytes) {
      const found = info === undefined ? 'is missing' : `has ${info.size} bytes instead of ${file.bytes}`
      return { state: 'damaged', problem: `${file.path} ${found}` }
    }
  }
  return { state: 'ready', manifest: parsed }
}

/** Re-reads every file against its recorded hash. @returns one line per problem. */
export async function checkPrepared(folder: string, manifest: Manifest): Promise<string[]> {
  const problems: string[] = []
  for (const file of preparedFiles(manifest)) {
    const found = await sha256OfFile(path.join(folder, file.path)).catch((thrown: unknown) => String(thrown))
    if (found !== file.sha256) problems.push(`${file.path}: expected the hash ${file.sha256}, found ${found}`)
  }
  return problems
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
    return parseManifest(readFileSync(path.join(folder, MANIFEST_FILE), 'utf8'))
  } catch (thrown) {
    if (errorCode(thrown) !== '') return undefined
    throw thrown
  }
}

/** undefined where it is not of the format. */
function parseManifest(text: string): Manifest | undefined {
  try {
    return manifestSchema.safeParse(JSON.parse(text)).data
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return undefined
    throw thrown
  }
}
