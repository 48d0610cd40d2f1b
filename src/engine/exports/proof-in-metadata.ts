// The proof as part of an export's metadata.json: whoever finds the folder reads what was proven, and what was not.
import { createHash } from 'node:crypto'
import path from 'node:path'
import { readWhole } from '@node/read-file'
import { writeFileWhole } from '@node/whole-file'
import type { Export, Proof } from '@shared/contract/exports'
import { AppError } from '@shared/errors'
import { METADATA_FILE } from '@shared/exchange/metadata'

const sha256Of = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex')

/**
 * @param files as they were written
 * @returns the files as they are then
 * @throws AppError `conflict` when somebody has changed the file meanwhile
 */
export async function addProof(folder: string, files: Export['files'], proof: Proof): Promise<Export['files']> {
  const written = files.find(({ name }) => name === METADATA_FILE)
  if (written === undefined) return files
  const file = path.join(folder, METADATA_FILE)
  const before = await readWhole(file, { what: 'record of an export', maxBytes: written.sizeBytes })
  if (sha256Of(before) !== written.sha256)
    throw new AppError('conflict', `${file} was changed while the export was proven.`, 'Export the trial again.')
  const record = { ...(JSON.parse(before.toString('utf8')) as Record<string, unknown>), proof }
  const content = Buffer.from(JSON.stringify(record, null, 2))
  await writeFileWhole(file, content)
  const now = { name: METADATA_FILE, sizeBytes: content.length, sha256: sha256Of(content) }
  return files.map((entry) => (entry === written ? now : entry))
}
