// An export as files: what its format makes and metadata.json beside it, whole or not at all (src/node/whole-folder).
import { createHash } from 'node:crypto'
import path from 'node:path'
import { ownExport } from '@node/own-export'
import { writeFileWhole } from '@node/whole-file'
import { writeUserFolder } from '@node/whole-folder'
import { exportOptions, type ExportFormat } from '@shared/exchange/formats'
import { METADATA_FILE } from '@shared/exchange/metadata'
import type { ExportContent, ExportSource } from './format'
import { FORMATS } from './formats'

export interface WrittenFile {
  readonly name: string
  readonly sizeBytes: number
  /** Hexadecimal. */
  readonly sha256: string
}

export interface ExportJob extends Omit<ExportSource, 'metadata'> {
  readonly format: ExportFormat
  /** New, empty or an earlier export; anything else is refused and left as it is. */
  readonly folder: string
  /** SHA-256 by name of what was exported there before, as the workspace stored it. */
  readonly earlier?: Readonly<Record<string, string>>
  /** Classes, provenance: whatever a reader of the files should know. Joined by what the format knows. */
  readonly metadata: Readonly<Record<string, unknown>>
}

function described({ name, content }: ExportContent['files'][number]): WrittenFile {
  return { name, sizeBytes: content.length, sha256: createHash('sha256').update(content).digest('hex') }
}

/** @throws AppError `invalid-architecture`, `invalid-input` (weights of another network, an option that the format does not have), `conflict` naming what is in the way, `storage-failed` */
export async function writeExport({
  format,
  folder,
  earlier,
  metadata,
  options: wish = {},
  ...source
}: ExportJob): Promise<WrittenFile[]> {
  const options = exportOptions(format, wish)
  const { files, metadata: own } = await FORMATS[format].write({ ...source, options, metadata })
  const record = { format, ...metadata, ...own, architecture: source.document, files: files.map(described) }
  const all = [...files, { name: METADATA_FILE, content: Buffer.from(JSON.stringify(record, null, 2)) }]
  await writeUserFolder(folder, ownExport(earlier), async (temporary) => {
    for (const { name, content } of all) await writeFileWhole(path.join(temporary, name), content)
  })
  return all.map(described)
}
