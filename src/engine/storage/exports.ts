// Rows of exports: where the files of a trained network went and what their proof said.
import { exportSchema, proofSchema, type Export, type Proof } from '@shared/contract/exports'
import type { Selectable } from 'kysely'
import { AppError } from '@shared/errors'
import { readCell } from './cells'
import type { Reader, Schema, Writer } from './schema'

export type NewExport = Omit<Export, 'id' | 'createdAt'>

const filesSchema = exportSchema.shape.files
const cell = (row: number, column: string) => ({ table: 'exports', row, column })

/** Proofs of before class scores were compared had two verdicts, and passed or not. */
function storedProof(json: unknown): Proof {
  const before = {
    ...{ largestLogitDifference: null, largestScoreDifference: null, randomInputs: 0, reason: null },
    ...{ sizeBytes: null, latency: null, firstDifference: null, rounding: null },
  }
  const stored: Record<string, unknown> = { ...before, ...(json as object) }
  return proofSchema.parse({ verdict: stored['passed'] === true ? 'equal' : 'different', ...stored })
}

/** @throws AppError `storage-damaged` */
function fromRow(row: Selectable<Schema['exports']>): Export {
  return {
    id: row.id,
    trialId: row.trial_id,
    importId: row.import_id,
    format: row.format,
    folder: row.folder,
    files: readCell(cell(row.id, 'files'), row.files, filesSchema.parse),
    createdAt: row.created_at,
    proof: row.proof === null ? null : readCell(cell(row.id, 'proof'), row.proof, storedProof),
  }
}

/** Newest first; of one trial or of all. @returns beside them one sentence about each that cannot be read */
export async function listExports(
  db: Reader,
  trialId: number | null,
): Promise<{ readonly exports: Export[]; readonly damaged: string[] }> {
  let query = db.selectFrom('exports').selectAll().orderBy('id', 'desc')
  if (trialId !== null) query = query.where('trial_id', '=', trialId)
  const exports: Export[] = []
  const damaged: string[] = []
  for (const row of await query.execute()) {
    try {
      exports.push(fromRow(row))
    } catch (thrown) {
      if (!(thrown instanceof AppError)) throw thrown
      damaged.push(thrown.message)
    }
  }
  return { exports, damaged }
}

/** SHA-256 by name of what was last exported into `folder`; empty where nothing was. @throws AppError `storage-damaged` */
export async function filesExportedTo(db: Reader, folder: string): Promise<Record<string, string>> {
  const row = await db
    .selectFrom('exports')
    .select(['id', 'files'])
    .where('folder', '=', folder)
    .orderBy('id', 'desc')
    .executeTakeFirst()
  const files = row === undefined ? [] : readCell(cell(row.id, 'files'), row.files, filesSchema.parse)
  return Object.fromEntries(files.map(({ name, sha256 }) => [name, sha256]))
}

export async function insertExport(writer: Writer, made: NewExport): Promise<Export> {
  const row = await writer
    .insertInto('exports')
    .values({
      trial_id: made.trialId,
      import_id: made.importId,
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
