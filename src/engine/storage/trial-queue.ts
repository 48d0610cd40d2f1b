// What waits in a run, in its order: by the places a person gave, then by number. The rows are those of trials.ts.
import type { Reader, Writer } from './schema'

/** What waits in a run, in the order in which it is to be evaluated. */
export async function listQueue(
  db: Reader | Writer,
  runId: string,
): Promise<{ id: number; number: number; evaluationKey: string; queuePlace: number | null }[]> {
  const rows = await db
    .selectFrom('trials')
    .select(['id', 'number', 'evaluation_key', 'queue_place'])
    .where('run_id', '=', runId)
    .where('state', '=', 'waiting')
    .orderBy((order) => order.case().when('queue_place', 'is', null).then(1).else(0).end())
    .orderBy('queue_place')
    .orderBy('number')
    .execute()
  return rows.map(({ id, number, evaluation_key, queue_place }) => ({
    ...{ id, number, evaluationKey: evaluation_key, queuePlace: queue_place },
  }))
}

/** Gives waiting trials the first places, in this order. */
export async function putQueue(writer: Writer, ids: readonly number[]): Promise<void> {
  for (const [place, id] of ids.entries())
    await writer.updateTable('trials').set({ queue_place: place }).where('id', '=', id).execute()
}
