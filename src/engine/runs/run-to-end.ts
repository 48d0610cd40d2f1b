// A run that longer work consists of, a comparison's or a corpus's: found again by its settings, brought from where it stands to its end,
// and paused where that work is broken off.
import { isDeepStrictEqual } from 'node:util'
import { AppError } from '@shared/errors'
import type { Run, RunDefinition } from '@shared/search/run'
import { RUN_STATE_RULES } from '@shared/search/run-states'
import { refuseCancelled } from '@node/cancel'
import type { Orchestrator } from './orchestrator'
import type { RunViews } from './watch'

export interface RunTools {
  readonly orchestrator: Orchestrator
  readonly views: RunViews
  /** Fires when the engine closes, its runs having been let go: nothing may be read after that. */
  readonly closing: AbortSignal
}

/** Whether a stored run is of these settings, whatever it is called now; a share of the data is a number once a run keeps it. */
function isOf({ definition: stored }: Run, { data, ...wanted }: RunDefinition): boolean {
  const trainImages = data.trainImages ?? (data.trainShare === null ? null : stored.data.trainImages)
  const validationImages = data.validationImages ?? stored.data.validationImages
  return isDeepStrictEqual(stored, { ...wanted, name: stored.name, data: { ...data, trainImages, validationImages } })
}

/** @returns the newest run of exactly these settings that is finished, goes or can go on */
export async function runOfSettings(
  { views }: Pick<RunTools, 'views'>,
  definition: RunDefinition,
): Promise<Run | undefined> {
  const canServe = ({ state }: Run): boolean => state === 'finished' || !RUN_STATE_RULES[state].isOver
  const runs = (await views.list()).filter((run) => canServe(run) && isOf(run, definition))
  return runs.sort((a, b) => b.number - a.number)[0]
}

/**
 * Lets a run go to its end. Broken off, it is paused; what it is doing reaches its checkpoint.
 * @param tell is called at the beginning and whenever something has changed
 * @throws AppError `cancelled` when the signal fires, `conflict` or what ended it for a run that stands still
 */
export async function runToItsEnd(
  { orchestrator, views, closing }: RunTools,
  runId: string,
  tell: (run: Run) => void,
  signal: AbortSignal,
): Promise<Run> {
  const before = await views.run(runId)
  tell(before)
  if (RUN_STATE_RULES[before.state].isOver) return before
  refuseCancelled(signal)
  if (!RUN_STATE_RULES[before.state].isGoing) await orchestrator.resume(runId)
  const pause = (): void => {
    // Refused where it has just come to its end.
    orchestrator.pause(runId).catch(() => undefined)
  }
  signal.addEventListener('abort', pause, { once: true })
  if (signal.aborted) pause()
  try {
    let run = before
    // Not ended with the comparison: one that is broken off waits for the run's checkpoint.
    for await (const update of views.watch(runId, closing)) {
      run = update.run
      tell(run)
      if (!RUN_STATE_RULES[run.state].isGoing && orchestrator.live(runId) === undefined) break
    }
    refuseCancelled(signal)
    refuseCancelled(closing)
    if (RUN_STATE_RULES[run.state].isOver) return run
    throw new AppError(
      run.error?.code ?? 'conflict',
      `Run ${run.number} is ${run.state}. ${run.error?.message ?? ''}`.trim(),
      run.error?.fix ?? 'Start the same again to go on with it.',
    )
  } finally {
    signal.removeEventListener('abort', pause)
  }
}
