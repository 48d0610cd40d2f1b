// What a search will take, before it starts: calibrated by its evaluator where an evaluation costs something, then projected onto the
// evaluations that its budgets leave room for. Nothing is stored.
import { storedLibrary } from '@shared/architecture/library'
import { AppError } from '@shared/errors'
import { forecastRemaining } from '@shared/search/forecast'
import { plannedEvaluations } from '@shared/search/planning'
import type { RunDefinition } from '@shared/search/run'
import type { Calibration, ForecastProgress, RunForecast } from '@shared/search/run-forecast'
import { expectedShare, halvingOf } from '@shared/search/rungs'
import type { Space } from '@shared/spaces/space'
import { engineEvaluator } from '../evaluators/registry'
import { provenSpace } from '../runs/space'
import { searchableBlocks } from '../storage/designs'
import { streamOfWork } from '../stream-of-work'
import { checkDefinition } from './search-check'
import { settled } from './search-create'
import type { Services } from './services'

/** @throws AppError `invalid-input` with every problem, `conflict` while a compute works, what its data or calibration throw */
export async function* forecastSearch(
  services: Services,
  given: RunDefinition,
  signal: AbortSignal,
): AsyncGenerator<ForecastProgress, void, void> {
  const { problems } = await checkDefinition(services, given)
  if (problems.length > 0) throw new AppError('invalid-input', problems.join('\n'))
  const definition = settled(given)
  const { store, datasets, pool } = services
  const evaluator = engineEvaluator(definition)
  const library = storedLibrary(await searchableBlocks(store.db))
  const space = provenSpace(definition, evaluator.images(definition, datasets), library)
  const evaluations = roomFor(definition, space)
  if (evaluator.calibrate === undefined) {
    const time = evaluator.repeat === undefined ? null : { low: 0, high: 0 }
    const unknown = { training: null, peakMemoryBytes: null, diskBytes: null, calibrated: 0, calibrationSeconds: 0 }
    yield { done: 0, of: 0, result: { evaluations, time, ...unknown } }
    return
  }
  if (pool.statuses().some(({ state }) => state === 'busy'))
    throw new AppError(
      'conflict',
      'A compute is at work, and a calibration beside it would measure that work as well.',
      'Ask again when it is done, or pause what runs.',
    )
  const { calibrate } = evaluator
  const parallel = evaluator.parallel(definition, pool)
  yield* streamOfWork<ForecastProgress>(async (emit, ending) => {
    const begun = performance.now()
    const tell = (done: number, of: number): void => emit({ done, of, result: null })
    const found = await calibrate(services, { definition, space, library, parallel, signal: ending, tell })
    const calibrationSeconds = (performance.now() - begun) / 1000
    const result = { ...project(definition, evaluations, parallel, found), calibrationSeconds }
    emit({ done: found.length, of: found.length, result })
  }, signal)
}

/** Evaluations that budgets other than time, and the space, leave room for. */
function roomFor(definition: RunDefinition, space: Space): number {
  const { maxEpochs, recipe } = definition
  const each = recipe.epochs * expectedShare(halvingOf(definition))
  const byEpochs = maxEpochs === null ? Infinity : Math.floor(maxEpochs / each)
  return Math.min(plannedEvaluations(definition), byEpochs, space.size().count)
}

function project(
  definition: RunDefinition,
  evaluations: number,
  parallel: number,
  found: readonly Calibration[],
): Omit<RunForecast, 'calibrationSeconds'> {
  const { maxSeconds, populationSize } = definition
  const most = (of: (one: Calibration) => number): number => Math.max(0, ...found.map(of))
  const weights = found.reduce((sum, { weightBytes }) => sum + weightBytes, 0) / Math.max(1, found.length)
  const isMemoryKnown = found.every(({ peakMemoryBytes }) => peakMemoryBytes !== null)
  return {
    evaluations,
    time: forecastRemaining({
      finishedSeconds: found.map(({ seconds }) => seconds * expectedShare(halvingOf(definition))),
      runningSeconds: [],
      remaining: evaluations,
      populationSize,
      computes: parallel,
      secondsLeft: maxSeconds,
    }),
    training: trainingOf(found),
    peakMemoryBytes: isMemoryKnown ? parallel * most(({ peakMemoryBytes }) => peakMemoryBytes ?? 0) : null,
    diskBytes: evaluations * weights + parallel * most(({ checkpointBytes }) => checkpointBytes),
    calibrated: found.length,
  }
}

function trainingOf(found: readonly Calibration[]): RunForecast['training'] {
  const seconds = found.map((one) => one.seconds)
  return seconds.length === 0 ? null : { least: Math.min(...seconds), most: Math.max(...seconds) }
}
