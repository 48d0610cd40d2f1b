// metadata.json of an export: what the files are, where they come from, and the design itself, so that whoever finds the folder can
// open it again. It names every other file with its hash: by that an earlier export is told from files of somebody else.
import { z } from 'zod'
import { EXPORT_FORMAT_NAMES, exportOptionsSchema } from './formats'

export const METADATA_FILE = 'metadata.json'

/** What is read of it; everything else is for people and other programs. */
const metadataSchema = z.object({
  format: z.enum(EXPORT_FORMAT_NAMES),
  architecture: z.record(z.string(), z.unknown()),
  files: z.array(z.object({ name: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/) })),
})

/** SHA-256 by name of the files an export names; undefined where `json` is no export's metadata. */
export function exportedFiles(json: unknown): ReadonlyMap<string, string> | undefined {
  const parsed = metadataSchema.safeParse(json)
  return parsed.success ? new Map(parsed.data.files.map(({ name, sha256 }) => [name, sha256])) : undefined
}

/** The architecture document an export holds, not yet checked; undefined where `json` is no export's metadata. */
export function exportedDocument(json: unknown): unknown {
  const parsed = metadataSchema.safeParse(json)
  return parsed.success ? parsed.data.architecture : undefined
}

const trainedSchema = metadataSchema.extend({
  /** Exports of before had none. */
  options: exportOptionsSchema.default({}),
  files: z.array(z.object({ name: z.string().regex(/^[\w.-]+$/, 'a plain file name'), sha256: z.string() })),
  weights: z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
})

/** Whatever it is, it is told as it stands; exports of before said less. */
const SAID = z.unknown().optional()

const bundledSchema = metadataSchema.extend({
  options: exportOptionsSchema.default({}),
  files: z.array(
    z.object({ name: z.string().regex(/^[\w.-]+$/, 'a plain file name'), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  ),
  weights: z.object({ sha256: z.string() }).optional(),
  classes: z.array(z.string()).optional(),
  inputShape: z.array(z.number()).optional(),
  proof: SAID,
  design: SAID,
  ...{ search: SAID, run: SAID, trial: SAID, seed: SAID, dataset: SAID },
  ...{ importedFrom: SAID, isTrained: SAID },
  ...{ datasetFingerprint: SAID, validationAccuracy: SAID, writtenBy: SAID },
})
export type BundledExport = z.infer<typeof bundledSchema>

/** What a bundle is made of; undefined where `text` is no metadata of an export. */
export function bundledExport(text: string): BundledExport | undefined {
  try {
    return bundledSchema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined // no JSON at all
  }
}

/** What the metadata of an export says of trained values; undefined where `text` is no metadata of any. */
export function trainedExport(text: string): z.infer<typeof trainedSchema> | undefined {
  try {
    return trainedSchema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined // no JSON at all
  }
}
