// An export as files: what its format makes and metadata.json beside it. All of them in a new folder that takes its name only
// when it is complete, so that nobody ever sees half a model.
import { createHash } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { diskError } from '@node/disk'
import type { ExportFormat } from '@shared/exchange/formats'
import type { ExportContent, ExportSource } from './format'
import { FORMATS } from './formats'

export interface WrittenFile {
  readonly name: string
  readonly sizeBytes: number
  /** Hexadecimal. */
  readonly sha256: string
}

export interface ExportJob extends ExportSource {
  readonly format: ExportFormat
  /** Takes its name only when the export is complete; an older one there is replaced. */
  readonly folder: string
  /** Classes, provenance: whatever a reader of the files should know. Joined by what the format knows. */
  readonly metadata: Readonly<Record<string, unknown>>
}

async function writeFlushed(folder: string, name: string, content: Buffer): Promise<WrittenFile> {
  const file = await open(join(folder, name), 'w')
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
  return { name, sizeBytes: content.length, sha256: createHash('sha256').update(content).digest('hex') }
}

/** All of `files` or what was there before. @throws AppError `storage-failed` */
export async function replaceFolder(folder: string, files: ExportContent['files']): Promise<WrittenFile[]> {
  const temporary = `${folder}.${process.pid}.part`
  const replaced = `${folder}.${process.pid}.replaced`
  try {
    await mkdir(temporary, { recursive: true })
    const written: WrittenFile[] = []
    for (const { name, content } of files) written.push(await writeFlushed(temporary, name, content))
    const isReplacing = await rename(folder, replaced).then(
      () => true,
      (thrown: unknown) => {
        // Nothing to replace is the usual case.
        if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT')) throw thrown
        return false
      },
    )
    await rename(temporary, folder).catch(async (thrown: unknown) => {
      if (isReplacing) await rename(replaced, folder)
      throw thrown
    })
    await rm(replaced, { recursive: true, force: true })
    return written
  } catch (cause) {
    await rm(temporary, { recursive: true, force: true })
    const bytes = files.reduce((sum, { content }) => sum + content.length, 0)
    throw await diskError(`write the export ${folder}`, folder, bytes, cause)
  }
}

/** @throws AppError `invalid-architecture`, `invalid-input` (weights of another network), `storage-failed` */
export async function writeExport({ format, folder, metadata, ...source }: ExportJob): Promise<WrittenFile[]> {
  const content = await FORMATS[format].write(source)
  const text = JSON.stringify({ format, ...metadata, ...content.metadata }, null, 2)
  return replaceFolder(folder, [...content.files, { name: 'metadata.json', content: Buffer.from(text) }])
}
