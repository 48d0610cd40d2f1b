// Runs as the contract shows them, put together from their rows and what is live.
import type { RunUpdate } from '@shared/contract/searches'
import type { Run } from '@shared/search/run'
import { RUN_STATE_RULES } from '@shared/search/run-states'
import type { Objective } from '@shared/objectives/schema'
import { bestOf, frontAmong } from '@shared/objectives/winners'
import { forecastRemaining } from '@shared/search/forecast'
import type { ErrorData } from '@shared/errors'
import type { RunRecord } from '../storage/runs'
import type { Reader, Writer } from '../storage/schema'
import { countTrainedEpochs } from '../storage/epochs'
import { bestTrial, getTrial, listTimings, type TrialRecord, type TrialTiming } from '../storage/trials'
import { countResults, listFigures } from '../storage/trial-figures'
import type { LiveRun } from './live-run'

export interface RunFacts {
  readonly live: LiveRun | undefined
  /** Trials that train at once, for the forecast. */
  readonly parallel: number
  /** Why the run stands still although it could not be written down (a full disk). */
  readonly unstored: ErrorData | undefined
}

export async function viewRun(db: Reader, record: RunRecord, facts: RunFacts): Promise<Run> {
  const { live, unstored } = facts
  const trials = await listTimings(db, record.id)
  const { best, front } = await winnersOf(db, record)
  const isStuck = live === undefined && unstored !== undefined
  return {
    id: record.id,
    number: record.number,
    definition: record.definition,
    state: isStuck ? 'interrupted' : record.state,
    createdAt: record.createdAt,
    startedAt: record.startedAt,
    finishedAt: record.finishedAt,
    seconds: live?.seconds() ?? record.seconds,
    counts: { ...countsOf(trials), planned: record.planned },
    epochs: await countTrainedEpochs(db, record.id),
    generation: trials.at(-1)?.generation ?? 0,
    bestTrialId: best?.id ?? null,
    bestFitness: best?.fitness ?? null,
    reported: best?.reported ?? null,
    front,
    remaining: remainingOf(record, trials, facts),
    error: record.error ?? unstored ?? null,
    end: record.end,
  }
}

/** The best of a run by its objective, and its front. */
export async function winnersOf(
  db: Reader | Writer,
  { id, definition: { objective } }: Pick<RunRecord, 'id' | 'definition'>,
): Promise<{
  readonly best: Pick<TrialRecord, 'id' | 'fitness' | 'reported'> | undefined
  readonly front: Run['front']
}> {
  if (objective.kind === 'fitness') return { best: await bestTrial(db, id), front: null }
  const { bestId, front } = await judged(db, id, objective)
  return { best: bestId === undefined ? undefined : await getTrial(db, bestId, 'tell'), front }
}

interface Judgement {
  readonly results: number
  readonly bestId: number | undefined
  readonly front: Run['front']
}

/** Of each database the newest judgement of each run: every run is shown whenever one changes, and few have a new result then. */
const judgements = new WeakMap<Reader, Map<string, Judgement>>()

/** A function of the run's results, which never change once they are there, and of its objective, which never does. */
async function judged(db: Reader | Writer, runId: string, objective: Objective): Promise<Judgement> {
  const known = judgements.get(db) ?? new Map<string, Judgement>()
  judgements.set(db, known)
  const results = await countResults(db, runId)
  const before = known.get(runId)
  if (before?.results === results) return before
  const figures = await listFigures(db, runId)
  const ended = [...figures].sort(
    (a, b) => (a.finishedAt ?? '').localeCompare(b.finishedAt ?? '') || a.number - b.number,
  )
  const front = frontAmong(objective, figures, ended)
  const judgement = {
    results: figures.length,
    bestId: bestOf(objective, figures)?.id,
    front: front && { trialIds: front.trials.map(({ id }) => id), hypervolume: front.hypervolume },
  }
  known.set(runId, judgement)
  return judgement
}

const hasResult = ({ state }: TrialTiming): boolean => state === 'finished' || state === 'failed'

function countsOf(trials: readonly TrialTiming[]): Omit<Run['counts'], 'planned'> {
  const evaluations = trials.filter(({ isRepeat }) => !isRepeat)
  const count = (wanted: TrialTiming['state']): number => evaluations.filter(({ state }) => state === wanted).length
  return {
    waiting: count('waiting'),
    running: count('running'),
    finished: count('finished'),
    failed: count('failed'),
    repeats: trials.filter((trial) => trial.isRepeat && hasResult(trial)).length,
  }
}

function remainingOf(
  record: RunRecord,
  trials: readonly TrialTiming[],
  { live, parallel }: RunFacts,
): Run['remaining'] {
  if (RUN_STATE_RULES[record.state].isOver) return null
  const { maxSeconds, populationSize } = record.definition
  const ended = trials.filter((trial) => hasResult(trial) && !trial.isRepeat)
  return forecastRemaining({
    finishedSeconds: ended.flatMap(({ state, reusedFrom, seconds }) =>
      state === 'finished' && reusedFrom === null && seconds !== null ? [seconds] : [],
    ),
    runningSeconds: [...(live?.clocks.values() ?? [])].map((seconds) => seconds()),
    remaining: record.planned - ended.length,
    populationSize,
    computes: parallel,
    secondsLeft: maxSeconds === null ? null : maxSeconds - (live?.seconds() ?? record.seconds),
  })
}

export function phaseOf(live: LiveRun | undefined, record: RunRecord): RunUpdate['phase'] {
  if (live === undefined) return 'idle'
  return record.state === 'pausing' ? 'pausing' : live.phase
}

/** Figures of each generation that has trials, in order. */
export function summariseGenerations(trials: readonly TrialRecord[]) {
  const generations = [...new Set(trials.map(({ generation }) => generation))].sort((a, b) => a - b)
  return generations.map((generation) => {
    const members = trials.filter((trial) => trial.generation === generation)
    const fitness = members.flatMap((trial) =>
      trial.state === 'finished' && trial.fitness !== null ? [trial.fitness] : [],
    )
    const sum = fitness.reduce((total, value) => total + value, 0)
    return {
      generation,
      finished: fitness.length,
      failed: members.filter(({ state }) => state === 'failed').length,
      best: fitness.length === 0 ? null : Math.max(...fitness),
      mean: fitness.length === 0 ? null : sum / fitness.length,
      worst: fitness.length === 0 ? null : Math.min(...fitness),
    }
  })
}
