// Rows of the journal: what happened in a run, in plain words, for people.
import type { JournalEntry } from '@shared/contract/searches'
import type { Reader, Writer } from './schema'

export async function addJournal(
  writer: Writer,
  runId: string,
  level: JournalEntry['level'],
  message: string,
  trialId: number | null = null,
): Promise<void> {
  await writer
    .insertInto('journal')
    .values({ run_id: runId, at: new Date().toISOString(), level, message, trial_id: trialId })
    .execute()
}

/** Entries of a run with an id above `after`, oldest first; the newest `limit` of them. */
export async function readJournal(db: Reader, runId: string, after = 0, limit = 500): Promise<JournalEntry[]> {
  const rows = await db
    .selectFrom('journal')
    .selectAll()
    .where('run_id', '=', runId)
    .where('id', '>', after)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
  return rows.reverse().map(({ id, at, level, message, trial_id }) => ({ id, at, level, message, trialId: trial_id }))
}
