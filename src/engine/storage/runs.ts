// Rows of runs. What a run does and when it changes state belongs to runs/.
import { z } from 'zod'
import { formerRunSchema, type FormerRun } from '@shared/search/former-runs'
import { runDefinitionSchema, type RunDefinition } from '@shared/search/run'
import { runEnd, type RunEnd, type RunState } from '@shared/search/run-states'
import { errorDataSchema } from '@shared/search/trial'
import { AppError, type ErrorData } from '@shared/errors'
import { rowReader, type OnDamage } from './cells'
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
  /** Why it is finished; null otherwise, and where that was not stored yet. */
  readonly end: RunEnd | null
  /** What it starts from. */
  readonly former: readonly FormerRun[]
}

export interface NewRun {
  readonly id: string
  readonly definition: RunDefinition
  readonly userBlocks: readonly unknown[]
  readonly seeds: readonly Record<string, unknown>[]
  readonly planned: number
  readonly former?: readonly FormerRun[]
}

const formerSchema = z.array(formerRunSchema)
const documentsSchema = z.array(z.unknown())
const seedsSchema = z.array(z.record(z.string(), z.unknown()))

/** @param onDamage with `tell`, defaults stand for what cannot be read and `error` says which cell that is */
function fromRow(row: Schema['runs'], onDamage: OnDamage): RunRecord {
  const reader = rowReader('runs', row.id, onDamage)
  const { cell } = reader
  const definition = cell('definition', row.definition, runDefinitionSchema.parse, () =>
    runDefinitionSchema.parse({ name: row.name }),
  )
  const userBlocks = cell('user_blocks', row.user_blocks, documentsSchema.parse, () => [])
  const seeds = cell('seeds', row.seeds, seedsSchema.parse, () => [])
  const former = row.former === null ? [] : cell('former', row.former, formerSchema.parse, () => [])
  const error = row.error === null ? null : cell('error', row.error, errorDataSchema.parse, () => null)
  return {
    id: row.id,
    number: row.number,
    definition: { ...definition, name: row.name },
    userBlocks,
    seeds,
    state: row.state,
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    seconds: row.seconds,
    planned: row.planned,
    error: reader.damage ?? error,
    dataFingerprint: row.data_fingerprint,
    end: runEnd.nullable().catch(null).parse(row.end),
    former,
  }
}

/** Every run, newest first. A damaged one is among them and tells so in `error`. */
export async function listRuns(db: Reader | Writer): Promise<RunRecord[]> {
  const rows = await db.selectFrom('runs').selectAll().orderBy('number', 'desc').execute()
  return rows.map((row) => fromRow(row, 'tell'))
}

/**
 * @param onDamage `tell` is for who shows the run, or removes it
 * @throws AppError `not-found`; `storage-damaged` where a cell of it cannot be read
 */
export async function getRun(db: Reader | Writer, id: string, onDamage: OnDamage = 'refuse'): Promise<RunRecord> {
  const row = await db.selectFrom('runs').selectAll().where('id', '=', id).executeTakeFirst()
  if (row === undefined) {
    throw new AppError('not-found', `There is no search with the id ${id}.`, 'List the searches to see their ids.')
  }
  return fromRow(row, onDamage)
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
      end: null,
      former: run.former === undefined || run.former.length === 0 ? null : JSON.stringify(run.former),
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
  readonly end?: RunEnd | null
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
      ...(change.end !== undefined && { end: change.end }),
      ...(change.dataFingerprint !== undefined && { data_fingerprint: change.dataFingerprint }),
    })
    .where('id', '=', id)
    .execute()
}

/** Removes the run with everything that hangs on it (trials, epochs, journal, exports' rows). */
export async function deleteRun(writer: Writer, id: string): Promise<void> {
  await writer.deleteFrom('runs').where('id', '=', id).execute()
}
