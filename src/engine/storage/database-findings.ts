// What SQLite itself finds wrong with the pages of the database.
import { sql } from 'kysely'
import type { Store } from './store'

/** The first five findings in SQLite's words; empty where it is whole. Reads every page: seconds for a gigabyte. */
export async function databaseFindings({ db }: Store): Promise<string[]> {
  try {
    const { rows } = await sql<{ quick_check: string }>`PRAGMA quick_check(5)`.execute(db)
    return rows.map(({ quick_check }) => quick_check).filter((finding) => finding !== 'ok')
  } catch (thrown) {
    // A damaged page can stop the check itself.
    return [thrown instanceof Error ? thrown.message : String(thrown)]
  }
}
