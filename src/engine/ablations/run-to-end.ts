// One run of a comparison, from where it stands to its end: resumed, followed, and paused where the comparison is broken off.
import { AppError } from '@shared/errors'
import type { Run } from '@shared/search/run'
import { RUN_STATE_RULES } from '@shared/search/run-states'
import { refuseCancelled } from '@node/cancel'
import type { Orchestrator } from '../runs/orchestrator'
import type { RunViews } from '../runs/watch'

export interface RunTools {
  readonly orchestrator: Orchestrator
  readonly views: RunViews
  /** Fires when the engine closes, its runs having been let go: nothing may be read after that. */
  readonly closing: AbortSignal
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
      `Run ${run.number} of the comparison is ${run.state}. ${run.error?.message ?? ''}`.trim(),
      run.error?.fix ?? 'Start the comparison again to go on with it.',
    )
  } finally {
    signal.removeEventListener('abort', pause)
  }
}

/**
 * Keeps two from the same files: one that was broken off is waited for, one that goes is not.
 * @param what as in "Another comparison is going"
 */
export function oneAtATime(what: string) {
  let present: { readonly signal: AbortSignal; readonly done: Promise<void> } | undefined
  return async (work: () => Promise<void>, signal: AbortSignal): Promise<void> => {
    while (present?.signal.aborted === true) await present.done.catch(() => undefined)
    if (present !== undefined)
      throw new AppError('conflict', `Another ${what} is going.`, 'Wait for it, or break it off.')
    const done = work().finally(() => (present = undefined))
    present = { signal, done }
    await done
  }
}
