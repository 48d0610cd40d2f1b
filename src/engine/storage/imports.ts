// Rows of networks that were taken over. Their values are artefacts that the rows refer to as `import:ID`.
import type { Selectable } from 'kysely'
import { importFactsSchema, type ImportFacts, type NetworkImport } from '@shared/contract/imports'
import { AppError } from '@shared/errors'
import type { Artefact, Artefacts } from './artefacts'
import { readCell } from './cells'
import type { Reader, Schema, Writer } from './schema'

export interface NewImport {
  readonly name: string
  readonly document: unknown
  readonly facts: ImportFacts
  readonly weights: Artefact | null
}

export const importOwner = (id: number): string => `import:${id}`
const cell = (row: number, column: string) => ({ table: 'imports', row, column })

/** @throws AppError `storage-damaged` */
function fromRow(row: Selectable<Schema['imports']>): NetworkImport {
  return {
    id: row.id,
    name: row.name,
    createdAt: row.created_at,
    facts: readCell(cell(row.id, 'facts'), row.facts, importFactsSchema.parse),
    weightsSha256: row.weights_sha256,
  }
}

export async function insertImport(writer: Writer, artefacts: Artefacts, made: NewImport): Promise<NetworkImport> {
  const values = {
    name: made.name,
    document: JSON.stringify(made.document),
    facts: JSON.stringify(made.facts),
    created_at: new Date().toISOString(),
  }
  // The row of the artefact comes first, because this one names it.
  const { id } = await writer
    .insertInto('imports')
    .values({ ...values, weights_sha256: null })
    .returning('id')
    .executeTakeFirstOrThrow()
  if (made.weights !== null) await artefacts.refer(writer, made.weights, importOwner(id))
  const row = await writer
    .updateTable('imports')
    .set({ weights_sha256: made.weights?.sha256 ?? null })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
  return fromRow(row)
}

/** Newest first. @throws AppError `storage-damaged` */
export async function listImports(db: Reader): Promise<NetworkImport[]> {
  return (await db.selectFrom('imports').selectAll().orderBy('id', 'desc').execute()).map(fromRow)
}

/** @throws AppError `not-found`, `storage-damaged` */
export async function loadImport(
  db: Reader,
  id: number,
): Promise<{ readonly import: NetworkImport; readonly document: unknown }> {
  const row = await db.selectFrom('imports').selectAll().where('id', '=', id).executeTakeFirst()
  if (row === undefined)
    throw new AppError(
      'not-found',
      `There is no imported network ${id} in this workspace.`,
      'List them, or import the file again.',
    )
  return { import: fromRow(row), document: readCell(cell(id, 'document'), row.document, (json) => json) }
}

/** @returns false where there was none */
export async function removeImport(writer: Writer, artefacts: Artefacts, id: number): Promise<boolean> {
  await artefacts.release(writer, importOwner(id))
  const { numDeletedRows } = await writer.deleteFrom('imports').where('id', '=', id).executeTakeFirst()
  return numDeletedRows > 0n
}

/**
 * Imports whose values have this hash, the newest first: networks with the same arrays may still compute otherwise.
 * @throws AppError `storage-damaged`
 */
export async function importsWithWeights(
  db: Reader,
  sha256: string,
): Promise<{ readonly id: number; readonly document: unknown }[]> {
  const rows = await db
    .selectFrom('imports')
    .select(['id', 'document'])
    .where('weights_sha256', '=', sha256)
    .orderBy('id', 'desc')
    .execute()
  return rows.map((row) => ({ id: row.id, document: readCell(cell(row.id, 'document'), row.document, (json) => json) }))
}
