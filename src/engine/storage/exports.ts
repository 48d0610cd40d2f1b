// Rows of exports: where the files of a trained network went and what their proof said.
import { proofSchema, type Export } from '@shared/contract/exports'
import type { Selectable } from 'kysely'
import type { Reader, Schema, Writer } from './schema'

export type NewExport = Omit<Export, 'id' | 'createdAt'>

function fromRow(row: Selectable<Schema['exports']>): Export {
  return {
    id: row.id,
    trialId: row.trial_id,
    format: row.format,
    folder: row.folder,
    files: JSON.parse(row.files) as Export['files'],
    createdAt: row.created_at,
    proof: row.proof === null ? null : proofSchema.parse(JSON.parse(row.proof)),
  }
}

/** Newest first; of one trial or of all. */
export async function listExports(db: Reader, trialId: number | null): Promise<Export[]> {
  let query = db.selectFrom('exports').selectAll().orderBy('id', 'desc')
  if (trialId !== null) query = query.where('trial_id', '=', trialId)
  return (await query.execute()).map(fromRow)
}

/** SHA-256 by name of what was last exported into `folder`; empty where nothing was. */
export async function filesExportedTo(db: Reader, folder: string): Promise<Record<string, string>> {
  const row = await db
    .selectFrom('exports')
    .select('files')
    .where('folder', '=', folder)
    .orderBy('id', 'desc')
    .executeTakeFirst()
  const files = row === undefined ? [] : (JSON.parse(row.files) as Export['files'])
  return Object.fromEntries(files.map(({ name, sha256 }) => [name, sha256]))
}

export async function insertExport(writer: Writer, made: NewExport): Promise<Export> {
  const row = await writer
    .insertInto('exports')
    .values({
      trial_id: made.trialId,
      format: made.format,
      folder: made.folder,
      files: JSON.stringify(made.files),
      proof: made.proof === null ? null : JSON.stringify(made.proof),
      created_at: new Date().toISOString(),
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  return fromRow(row)
}
