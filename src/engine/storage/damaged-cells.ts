// Every JSON cell of the database that cannot be read: for the doctor. Small columns are read as their readers read them; of
// the large ones (documents, genotypes) SQLite itself says whether they are JSON, so that they need not be held in memory.
import { sql } from 'kysely'
import { listExports } from './exports'
import { listRuns } from './runs'
import type { Reader } from './schema'
import { listTrials } from './trials'
import { damagedCell } from './cells'

/** Table, what identifies a row, columns that hold any JSON. */
const JSON_COLUMNS = [
  { table: 'trials', id: 'id', columns: ['genotype', 'document'] },
  { table: 'design_versions', id: 'design_id', columns: ['document'] },
  { table: 'imports', id: 'id', columns: ['document', 'facts'] },
  { table: 'drafts', id: 'key', columns: ['document'] },
] as const

/** One sentence each. */
export async function damagedCells(db: Reader): Promise<string[]> {
  const found = new Set<string>()
  for (const run of await listRuns(db)) {
    if (run.error?.code === 'storage-damaged') found.add(run.error.message)
    for (const { error } of await listTrials(db, run.id, { onDamage: 'tell' }))
      if (error?.code === 'storage-damaged') found.add(error.message)
  }
  for (const message of (await listExports(db, null)).damaged) found.add(message)
  for (const { table, id, columns } of JSON_COLUMNS) {
    for (const column of columns) {
      const { rows } = await sql<{
        row: string | number
      }>`SELECT ${sql.ref(id)} AS row FROM ${sql.table(table)} WHERE NOT json_valid(${sql.ref(column)})`.execute(db)
      for (const { row } of rows) found.add(damagedCell({ table, row, column }, new SyntaxError()).message)
    }
  }
  return [...found]
}
