// What another program's commits changed: that there were some, and the rows of trials as whoever watches them compares them.
import { sql } from 'kysely'
import type { Store } from './store'

type Database = Store['db']

/** Differs after each commit of another connection. */
export async function versionOf(db: Database): Promise<number> {
  const { rows } = await sql<{ data_version: number }>`PRAGMA data_version`.execute(db)
  return rows[0]?.data_version ?? 0
}

/** `text` differs where what is shown of a trial does, its epochs included. */
export async function trialRows(db: Database): Promise<{ id: number; runId: string; text: string }[]> {
  const rows = await db
    .selectFrom('trials')
    .select(['id', 'run_id', 'state', 'attempt', 'fitness', 'seconds', 'queue_place', 'fidelity', 'reported'])
    .select(({ selectFrom }) =>
      selectFrom('epochs')
        .whereRef('epochs.trial_id', '=', 'trials.id')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .as('epochs'),
    )
    .execute()
  return rows.map(({ id, run_id: runId, ...rest }) => ({ id, runId, text: JSON.stringify(rest) }))
}
