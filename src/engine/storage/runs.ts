// Rows of runs. What a run does and when it changes state belongs to runs/.
import { runDefinitionSchema, type RunDefinition } from '@shared/search/run'
import type { RunState } from '@shared/search/run-states'
import { errorDataSchema } from '@shared/search/trial'
import { AppError, type ErrorData } from '@shared/errors'
import type { Reader, Schema, Writer } from './schema'

export interface RunRecord {
  readonly id: string
  /** From 1, never reused. */
  readonly number: number
  readonly definition: RunDefinition
  /** Documents of the user's blocks as they were at creation. */
  readonly userBlocks: readonly unknown[]
  /** Genotypes that seed the first generation. */
  readonly seeds: readonly Record<string, unknown>[]
  readonly state: RunState
  readonly createdAt: string
  readonly startedAt: string | null
  readonly finishedAt: string | null
  readonly seconds: number
  readonly planned: number
  readonly error: ErrorData | null
  /** Of the data set it has begun with; null before. */
  readonly dataFingerprint: string | null
}

export interface NewRun {
  readonly id: string
  readonly definition: RunDefinition
  readonly userBlocks: readonly unknown[]
  readonly seeds: readonly Record<string, unknown>[]
  readonly planned: number
}

function fromRow(row: Schema['runs']): RunRecord {
  return {
    id: row.id,
    number: row.number,
    definition: { ...runDefinitionSchema.parse(JSON.parse(row.definition)), name: row.name },
    userBlocks: JSON.parse(row.user_blocks) as unknown[],
    seeds: JSON.parse(row.seeds) as Record<string, unknown>[],
    state: row.state,
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    seconds: row.seconds,
    planned: row.planned,
    error: row.error === null ? null : errorDataSchema.parse(JSON.parse(row.error)),
    dataFingerprint: row.data_fingerprint,
  }
}

/** Every run, newest first. */
export async function listRuns(db: Reader): Promise<RunRecord[]> {
  return (await db.selectFrom('runs').selectAll().orderBy('number', 'desc').execute()).map(fromRow)
}

/** @throws AppError `not-found` */
export async function getRun(db: Reader | Writer, id: string): Promise<RunRecord> {
  const row = await db.selectFrom('runs').selectAll().where('id', '=', id).executeTakeFirst()
  if (row === undefined) {
    throw new AppError('not-found', `There is no search with the id ${id}.`, 'List the searches to see their ids.')
  }
  return fromRow(row)
}

export async function countRuns(db: Reader): Promise<number> {
  return (
    await db
      .selectFrom('runs')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow()
  ).count
}

/** Stores a run in state `created` with the next number. Numbers of removed runs are not given again. */
export async function insertRun(writer: Writer, run: NewRun): Promise<void> {
  const stored = await writer.selectFrom('meta').select('value').where('key', '=', 'last-run-number').executeTakeFirst()
  const number = Number(stored?.value ?? '0') + 1
  await writer
    .insertInto('meta')
    .values({ key: 'last-run-number', value: String(number) })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value: String(number) }))
    .execute()
  await writer
    .insertInto('runs')
    .values({
      id: run.id,
      number,
      name: run.definition.name,
      definition: JSON.stringify(run.definition),
      user_blocks: JSON.stringify(run.userBlocks),
      seeds: JSON.stringify(run.seeds),
      state: 'created',
      created_at: new Date().toISOString(),
      started_at: null,
      finished_at: null,
      seconds: 0,
      planned: run.planned,
      error: null,
      data_fingerprint: null,
    })
    .execute()
}

export interface RunChange {
  readonly state?: RunState
  readonly startedAt?: string
  readonly finishedAt?: string | null
  readonly seconds?: number
  readonly error?: ErrorData | null
  readonly name?: string
  readonly dataFingerprint?: string
}

export async function updateRun(writer: Writer, id: string, change: RunChange): Promise<void> {
  await writer
    .updateTable('runs')
    .set({
      ...(change.state !== undefined && { state: change.state }),
      ...(change.startedAt !== undefined && { started_at: change.startedAt }),
      ...(change.finishedAt !== undefined && { finished_at: change.finishedAt }),
      ...(change.seconds !== undefined && { seconds: change.seconds }),
      ...(change.error !== undefined && { error: change.error === null ? null : JSON.stringify(change.error) }),
      ...(change.name !== undefined && { name: change.name }),
      ...(change.dataFingerprint !== undefined && { data_fingerprint: change.dataFingerprint }),
    })
    .where('id', '=', id)
    .execute()
}

/** Removes the run with everything that hangs on it (trials, epochs, journal, exports' rows). */
export async function deleteRun(writer: Writer, id: string): Promise<void> {
  await writer.deleteFrom('runs').where('id', '=', id).execute()
}
