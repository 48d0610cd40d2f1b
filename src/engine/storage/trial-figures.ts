// What the objective of a run compares of its results, read without their architectures.
import { costsSchema } from '@shared/search/trial'
import { rowReader } from './cells'
import type { Reader, Writer } from './schema'
import type { TrialRecord } from './trials'

/** How many results a run has: what follows from them alone is as it was while that is. */
export async function countResults(db: Reader | Writer, runId: string): Promise<number> {
  const { count } = await db
    .selectFrom('trials')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('run_id', '=', runId)
    .where('state', '=', 'finished')
    .where('fitness', 'is not', null)
    .executeTakeFirstOrThrow()
  return count
}

/** What an objective compares of a finished trial. */
export type TrialFigures = Pick<
  TrialRecord,
  'id' | 'number' | 'fitness' | 'parameters' | 'macs' | 'costs' | 'finishedAt'
>

/** Of every finished trial of a run, in trial order, without reading architectures. Costs that cannot be read are none. */
export async function listFigures(db: Reader | Writer, runId: string): Promise<TrialFigures[]> {
  const rows = await db
    .selectFrom('trials')
    .select(['id', 'number', 'fitness', 'parameters', 'macs', 'costs', 'finished_at'])
    .where('run_id', '=', runId)
    .where('state', '=', 'finished')
    .where('fitness', 'is not', null)
    .orderBy('number')
    .execute()
  return rows.map(({ costs, finished_at: finishedAt, ...row }) => {
    const { cell } = rowReader('trials', row.id, 'tell')
    return { ...row, finishedAt, costs: costs === null ? {} : cell('costs', costs, costsSchema.parse, () => ({})) }
  })
}
