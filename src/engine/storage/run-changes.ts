// Rows of what a person changed of a run after it had begun; what may change is shared/search/changes.ts's.
import { changeableOf, changeableSchema, type DefinitionChange } from '@shared/search/changes'
import { upgradeDefinition } from '@shared/search/old-definitions'
import type { RunDefinition } from '@shared/search/run'
import { AppError } from '@shared/errors'
import { typed } from '@node/command-line'
import type { Reader, Writer } from './schema'

/** Oldest first. @throws AppError `storage-damaged` for a cell that cannot be read */
export async function listChanges(db: Reader | Writer, runId: string): Promise<DefinitionChange[]> {
  const rows = await db.selectFrom('run_changes').selectAll().where('run_id', '=', runId).orderBy('id').execute()
  return rows.map(({ id, generation, before }) => {
    try {
      return { generation, before: changeableSchema.parse(upgradeDefinition(JSON.parse(before))) }
    } catch (cause) {
      throw new AppError(
        'storage-damaged',
        `The database’s row ${id} of run_changes cannot be read in its column before.`,
        `Put a copy of the database back: "${typed('workspace backups')}" lists them.`,
        { cause },
      )
    }
  })
}

/** Stores the new definition with what held before it. @param generation the first that it holds for */
export async function putChange(
  writer: Writer,
  runId: string,
  change: {
    readonly generation: number
    readonly before: RunDefinition
    readonly after: RunDefinition
    readonly planned: number
  },
): Promise<void> {
  const { generation, before, after, planned } = change
  await writer
    .insertInto('run_changes')
    .values({ run_id: runId, at: new Date().toISOString(), generation, before: JSON.stringify(changeableOf(before)) })
    .execute()
  await writer
    .updateTable('runs')
    .set({ definition: JSON.stringify(after), planned })
    .where('id', '=', runId)
    .execute()
}
