// Rows of the user's designs: every save is a new version, a removed design keeps its versions so that runs stay readable.
import { randomUUID } from 'node:crypto'
import { AppError } from '@shared/errors'
import type { Design } from '@shared/contract/designs'
import { errorCode } from '@node/file-error'
import { readCell } from './cells'
import type { Reader, Schema, Writer } from './schema'

/** What a design's document came to when it was saved. */
export type DesignFacts = Pick<Design, 'kind' | 'name' | 'parameters' | 'macs' | 'errors' | 'searchable'>

function fromRow(row: Schema['designs']): Design {
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    updatedAt: row.updated_at,
    parameters: row.parameters,
    macs: row.macs,
    errors: row.errors,
    searchable: row.searchable === 1,
  }
}

/** Designs that are not removed, last changed first. */
export async function listDesigns(db: Reader): Promise<Design[]> {
  const rows = await db
    .selectFrom('designs')
    .selectAll()
    .where('removed_at', 'is', null)
    .orderBy('updated_at', 'desc')
    .orderBy('id')
    .execute()
  return rows.map(fromRow)
}

const documentIn = (table: string, row: string, text: string): unknown =>
  readCell({ table, row, column: 'document' }, text, (value) => value)

/** @throws AppError `not-found`, `storage-damaged` */
export async function loadDesign(db: Reader | Writer, id: string): Promise<{ design: Design; document: unknown }> {
  const row = await db
    .selectFrom('designs')
    .innerJoin('design_versions', (join) =>
      join
        .onRef('design_versions.design_id', '=', 'designs.id')
        .onRef('design_versions.version', '=', 'designs.version'),
    )
    .selectAll('designs')
    .select('design_versions.document')
    .where('designs.id', '=', id)
    .where('removed_at', 'is', null)
    .executeTakeFirst()
  if (row === undefined) throw notFound(id)
  return { design: fromRow(row), document: documentIn('design_versions', id, row.document) }
}

/**
 * Stores a version: of a new design, or the next one of `id`.
 * @throws AppError `not-found`, `conflict` when another block has that name.
 */
export async function saveDesign(
  writer: Writer,
  id: string | undefined,
  facts: DesignFacts,
  document: unknown,
): Promise<Design> {
  const now = new Date().toISOString()
  const previous =
    id === undefined
      ? undefined
      : await writer
          .selectFrom('designs')
          .select(['version'])
          .where('id', '=', id)
          .where('removed_at', 'is', null)
          .executeTakeFirst()
  if (id !== undefined && previous === undefined) throw notFound(id)
  const row: Schema['designs'] = {
    id: id ?? randomUUID(),
    ...facts,
    searchable: facts.searchable ? 1 : 0,
    version: (previous?.version ?? 0) + 1,
    updated_at: now,
    removed_at: null,
  }
  try {
    await writer
      .insertInto('designs')
      .values(row)
      .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
      .execute()
  } catch (thrown) {
    if (errorCode(thrown) !== 'SQLITE_CONSTRAINT_UNIQUE') throw thrown
    throw new AppError(
      'conflict',
      `A block named "${facts.name}" exists already.`,
      'Choose another name, or open that block and change it.',
      { cause: thrown },
    )
  }
  await writer
    .insertInto('design_versions')
    .values({ design_id: row.id, version: row.version, document: JSON.stringify(document), created_at: now })
    .execute()
  return fromRow(row)
}

/** @returns false when there was no such design. */
export async function removeDesign(writer: Writer, id: string): Promise<boolean> {
  const result = await writer
    .updateTable('designs')
    .set({ removed_at: new Date().toISOString() })
    .where('id', '=', id)
    .where('removed_at', 'is', null)
    .executeTakeFirst()
  return Number(result.numUpdatedRows) > 0
}

/** Documents of the user's searchable blocks, by name. @throws AppError `storage-damaged` */
export async function searchableBlocks(db: Reader): Promise<unknown[]> {
  const rows = await db
    .selectFrom('designs')
    .innerJoin('design_versions', (join) =>
      join
        .onRef('design_versions.design_id', '=', 'designs.id')
        .onRef('design_versions.version', '=', 'designs.version'),
    )
    .select(['designs.id', 'design_versions.document'])
    .where('kind', '=', 'block')
    .where('searchable', '=', 1)
    .where('removed_at', 'is', null)
    .orderBy('name')
    .execute()
  return rows.map(({ id, document }) => documentIn('design_versions', id, document))
}

export async function saveDraft(writer: Writer, key: string, document: unknown): Promise<string> {
  const row = { key, document: JSON.stringify(document), saved_at: new Date().toISOString() }
  await writer
    .insertInto('drafts')
    .values(row)
    .onConflict((conflict) => conflict.column('key').doUpdateSet(row))
    .execute()
  return row.saved_at
}

export async function loadDraft(db: Reader, key: string): Promise<{ document: unknown } | null> {
  const row = await db.selectFrom('drafts').select('document').where('key', '=', key).executeTakeFirst()
  return row === undefined ? null : { document: documentIn('drafts', key, row.document) }
}

export async function discardDraft(writer: Writer, key: string): Promise<boolean> {
  const result = await writer.deleteFrom('drafts').where('key', '=', key).executeTakeFirst()
  return Number(result.numDeletedRows) > 0
}

function notFound(id: string): AppError {
  return new AppError(
    'not-found',
    `There is no design with the id ${id}.`,
    'It may have been removed; list the designs.',
  )
}
