// Rows of trials; their epochs are epochs.ts's. A generation is stored whole before any of it is evaluated, so that a resumed run never
// proposes again.
import {
  costsSchema,
  originSchema,
  errorDataSchema,
  type Origin,
  type Trial,
  type TrialState,
} from '@shared/search/trial'
import { trialFidelitySchema, WHOLE, type TrialFidelity } from '@shared/search/trial-fidelity'
import { usageSchema, type TrialUsage } from '@shared/search/usage'
import { AppError, type ErrorData } from '@shared/errors'
import { sql, type Selectable } from 'kysely'
import { z } from 'zod'
import { readCell, rowReader, type OnDamage } from './cells'
import type { Reader, Schema, Writer } from './schema'

export interface NewTrial {
  readonly genotype: Record<string, unknown>
  readonly document: unknown
  readonly architectureHash: string
  readonly evaluationKey: string
  readonly origin: Origin
  /** Null where the space has only words for the architecture. */
  readonly parameters: number | null
  readonly macs: number | null
  /** That are known before it is evaluated, by name. */
  readonly costs?: Readonly<Record<string, number>>
}

/** A trial as the engine works with it; epochs and document are read apart. */
export interface TrialRecord extends Omit<Trial, 'epochs'> {
  readonly evaluationKey: string
  readonly bestEpoch: number | null
  readonly weightsSha256: string | null
}

type Row = Omit<Selectable<Schema['trials']>, 'document'> & { readonly is_repeat: number }
const COLUMNS = [
  'id',
  'run_id',
  'number',
  'generation',
  'state',
  'attempt',
  'genotype',
  'architecture_hash',
  'evaluation_key',
  'origin',
  'parameters',
  'macs',
  'fitness',
  'best_epoch',
  'weights_sha256',
  'reused_from',
  'error',
  'started_at',
  'finished_at',
  'seconds',
  'device',
  'usage',
  'costs',
  'reported',
  'queue_place',
  'fidelity',
] as const

/**
 * An earlier trial of the run is the same evaluation. Read off the rows, so that it holds for runs of before as well; the signs keep
 * SQLite from going through the whole run for every trial instead of asking its index of evaluations.
 */
const IS_REPEAT = sql<number>`EXISTS (
  SELECT 1 FROM trials AS earlier
  WHERE earlier.evaluation_key = trials.evaluation_key
    AND +earlier.run_id = trials.run_id
    AND +earlier.number < trials.number
)`.as('is_repeat')

const genotypeSchema = z.record(z.string(), z.unknown())

/** @param onDamage with `tell`, something empty stands for what cannot be read and `error` says which cell that is */
function fromRow(row: Row, onDamage: OnDamage): TrialRecord {
  const reader = rowReader('trials', row.id, onDamage)
  const { cell } = reader
  const genotype = cell('genotype', row.genotype, genotypeSchema.parse, () => ({}))
  const origin = cell('origin', row.origin, originSchema.parse, () => originSchema.parse({ operator: 'random' }))
  const error = row.error === null ? null : cell('error', row.error, errorDataSchema.parse, () => null)
  const usage = row.usage === null ? null : cell('usage', row.usage, usageSchema.parse, () => null)
  const fidelity =
    row.fidelity === null ? WHOLE : cell('fidelity', row.fidelity, trialFidelitySchema.parse, () => WHOLE)
  const costs = row.costs === null ? {} : cell('costs', row.costs, costsSchema.parse, () => ({}))
  return {
    id: row.id,
    runId: row.run_id,
    number: row.number,
    generation: row.generation,
    state: row.state,
    attempt: row.attempt,
    genotype,
    architectureHash: row.architecture_hash,
    evaluationKey: row.evaluation_key,
    origin,
    parameters: row.parameters,
    macs: row.macs,
    fitness: row.fitness,
    bestEpoch: row.best_epoch,
    weightsSha256: row.weights_sha256,
    reusedFrom: row.reused_from,
    isRepeat: row.is_repeat === 1,
    error: reader.damage ?? error,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    seconds: row.seconds,
    device: row.device,
    usage,
    costs,
    reported: row.reported,
    queuePlace: row.queue_place,
    fidelity,
  }
}

/**
 * Stores a generation's proposals, numbered on from the run's last trial, all waiting.
 * @param queuePlace of all of them; null is that of their numbers, after all that have one
 */
export async function insertGeneration(
  writer: Writer,
  runId: string,
  generation: number,
  trials: readonly NewTrial[],
  queuePlace: number | null = null,
): Promise<void> {
  const last = await writer
    .selectFrom('trials')
    .select(({ fn }) => fn.max('number').as('number'))
    .where('run_id', '=', runId)
    .executeTakeFirst()
  let number = last?.number ?? 0
  for (const trial of trials) {
    number++
    await writer
      .insertInto('trials')
      .values({
        run_id: runId,
        number,
        generation,
        state: 'waiting',
        attempt: 1,
        genotype: JSON.stringify(trial.genotype),
        document: JSON.stringify(trial.document),
        architecture_hash: trial.architectureHash,
        evaluation_key: trial.evaluationKey,
        origin: JSON.stringify(trial.origin),
        parameters: trial.parameters,
        macs: trial.macs,
        fitness: null,
        best_epoch: null,
        weights_sha256: null,
        reused_from: null,
        error: null,
        started_at: null,
        finished_at: null,
        seconds: null,
        device: null,
        usage: null,
        costs: trial.costs === undefined || Object.keys(trial.costs).length === 0 ? null : JSON.stringify(trial.costs),
        reported: null,
        queue_place: queuePlace,
        fidelity: null,
      })
      .execute()
  }
}

/**
 * A run's trials in trial order.
 * @param range `onDamage: 'tell'` is for who shows them
 * @throws AppError `storage-damaged` where a cell of one cannot be read
 */
export async function listTrials(
  db: Reader | Writer,
  runId: string,
  range: {
    readonly offset?: number
    readonly limit?: number
    readonly generation?: number
    readonly onDamage?: OnDamage
  } = {},
): Promise<TrialRecord[]> {
  let query = db
    .selectFrom('trials')
    .select([...COLUMNS, IS_REPEAT])
    .where('run_id', '=', runId)
    .orderBy('number')
  if (range.generation !== undefined) query = query.where('generation', '=', range.generation)
  if (range.limit !== undefined) query = query.limit(range.limit).offset(range.offset ?? 0)
  const { onDamage = 'refuse' } = range
  return (await query.execute()).map((row) => fromRow(row, onDamage))
}

export type TrialTiming = Pick<TrialRecord, 'generation' | 'state' | 'reusedFrom' | 'isRepeat' | 'seconds'>

/** What progress and forecast need of every trial, in trial order, without reading architectures. */
export async function listTimings(db: Reader, runId: string): Promise<TrialTiming[]> {
  const rows = await db
    .selectFrom('trials')
    .select(['generation', 'state', 'reused_from', 'seconds', IS_REPEAT])
    .where('run_id', '=', runId)
    .orderBy('number')
    .execute()
  return rows.map(({ reused_from, is_repeat, ...timing }) => ({
    ...timing,
    reusedFrom: reused_from,
    isRepeat: is_repeat === 1,
  }))
}

/** @throws AppError `not-found`; `storage-damaged` where a cell of it cannot be read and `onDamage` is not `tell` */
export async function getTrial(db: Reader | Writer, id: number, onDamage: OnDamage = 'refuse'): Promise<TrialRecord> {
  const row = await db
    .selectFrom('trials')
    .select([...COLUMNS, IS_REPEAT])
    .where('id', '=', id)
    .executeTakeFirst()
  if (row === undefined) {
    throw new AppError(
      'not-found',
      `There is no trial with the id ${id}.`,
      "List the search's trials to see their ids.",
    )
  }
  return fromRow(row, onDamage)
}

/** The architecture document of a trial, as parsed JSON; null where its space has only words for it. @throws AppError `not-found`, `storage-damaged` */
export async function getTrialDocument(db: Reader, id: number): Promise<unknown> {
  const row = await db.selectFrom('trials').select('document').where('id', '=', id).executeTakeFirst()
  if (row === undefined) throw new AppError('not-found', `There is no trial with the id ${id}.`)
  return readCell({ table: 'trials', row: id, column: 'document' }, row.document, (value) => value)
}

/** Ids of trials without a result, of every run: those that may go on from a checkpoint. */
export async function unfinishedTrials(db: Reader): Promise<number[]> {
  const rows = await db.selectFrom('trials').select('id').where('state', 'in', ['waiting', 'running']).execute()
  return rows.map(({ id }) => id)
}

/**
 * Of a search, not of its confirmations (shared/search/confirmations.ts). Inside a text of JSON its quotes would be escaped, so that
 * nothing else reads like it.
 */
const IS_OF_SEARCH = sql<boolean>`origin NOT LIKE '%"confirms":{%'`

/** Best finished trial of the search: highest fitness, the earlier one of equals. */
export async function bestTrial(
  db: Reader | Writer,
  runId: string,
): Promise<{ id: number; fitness: number; reported: number | null } | undefined> {
  const row = await db
    .selectFrom('trials')
    .select(['id', 'fitness', 'reported'])
    .where('run_id', '=', runId)
    .where('state', '=', 'finished')
    .where('fitness', 'is not', null)
    .where(IS_OF_SEARCH)
    .orderBy('fitness', 'desc')
    .orderBy('number')
    .executeTakeFirst()
  return row === undefined || row.fitness === null
    ? undefined
    : { id: row.id, fitness: row.fitness, reported: row.reported }
}

/**
 * An earlier result for the same key: a finished trial of any run, or a failed one of this run before `number`.
 * Results that were themselves reused do not count, so every reuse names the trial that was trained; nor does one whose row is
 * damaged: then the architecture is trained again.
 */
export async function findResult(
  db: Reader,
  key: string,
  runId: string,
  number: number,
): Promise<TrialRecord | undefined> {
  const row = await db
    .selectFrom('trials')
    .select([...COLUMNS, IS_REPEAT])
    .where('evaluation_key', '=', key)
    .where('reused_from', 'is', null)
    .where(({ eb, or, and }) =>
      or([
        eb('state', '=', 'finished'),
        and([eb('state', '=', 'failed'), eb('run_id', '=', runId), eb('number', '<', number)]),
      ]),
    )
    .orderBy('state', 'desc')
    .orderBy('id')
    .executeTakeFirst()
  const found = row === undefined ? undefined : fromRow(row, 'tell')
  return found?.error?.code === 'storage-damaged' ? undefined : found
}

export interface TrialChange {
  readonly state?: TrialState
  readonly attempt?: number
  readonly fitness?: number
  readonly bestEpoch?: number | null
  readonly weightsSha256?: string | null
  readonly reusedFrom?: number
  readonly error?: ErrorData
  readonly costs?: Readonly<Record<string, number>>
  readonly reported?: number
  readonly startedAt?: string
  readonly finishedAt?: string
  readonly seconds?: number
  /** These two: null leaves what is stored. */
  readonly device?: string | null
  readonly usage?: TrialUsage | null
  readonly fidelity?: TrialFidelity
}

export async function updateTrial(writer: Writer, id: number, change: TrialChange): Promise<void> {
  await writer
    .updateTable('trials')
    .set({
      ...(change.state !== undefined && { state: change.state }),
      ...(change.attempt !== undefined && { attempt: change.attempt }),
      ...(change.fitness !== undefined && { fitness: change.fitness }),
      ...(change.bestEpoch !== undefined && { best_epoch: change.bestEpoch }),
      ...(change.weightsSha256 !== undefined && { weights_sha256: change.weightsSha256 }),
      ...(change.reusedFrom !== undefined && { reused_from: change.reusedFrom }),
      ...(change.error !== undefined && { error: JSON.stringify(change.error) }),
      ...(change.costs !== undefined && { costs: JSON.stringify(change.costs) }),
      ...(change.reported !== undefined && { reported: change.reported }),
      ...(change.startedAt !== undefined && { started_at: change.startedAt }),
      ...(change.finishedAt !== undefined && { finished_at: change.finishedAt }),
      ...(change.seconds !== undefined && { seconds: change.seconds }),
      ...(change.device != null && { device: change.device }),
      ...(change.fidelity !== undefined && { fidelity: JSON.stringify(change.fidelity) }),
      ...(change.usage != null && { usage: JSON.stringify(change.usage) }),
    })
    .where('id', '=', id)
    .execute()
}

/** What a trial has taken so far; one that no longer runs keeps what was stored at its end. */
export async function updateRunningTime(
  writer: Writer,
  id: number,
  seconds: number,
  usage: TrialUsage | null,
): Promise<void> {
  await writer
    .updateTable('trials')
    .set({ seconds, ...(usage !== null && { usage: JSON.stringify(usage) }) })
    .where('id', '=', id)
    .where('state', '=', 'running')
    .execute()
}

/** Puts every trial of a run that is in one state into another. @returns their ids, in trial order. */
export async function moveTrials(writer: Writer, runId: string, from: TrialState, to: TrialState): Promise<number[]> {
  const rows = await writer
    .updateTable('trials')
    .set({ state: to })
    .where('run_id', '=', runId)
    .where('state', '=', from)
    .returning('id')
    .execute()
  return rows.map(({ id }) => id).sort((a, b) => a - b)
}

/** The first trial whose best weights have this hash; null where none has. */
export async function trialWithWeights(db: Reader, sha256: string): Promise<number | null> {
  const row = await db
    .selectFrom('trials')
    .select('id')
    .where('weights_sha256', '=', sha256)
    .orderBy('id')
    .executeTakeFirst()
  return row?.id ?? null
}
