// How a run that nothing broke comes to its end: when its time is up, and what its end is called.
import type { RunDefinition } from '@shared/search/run'
import type { RunState } from '@shared/search/run-states'
import { LONGEST_DELAY_MS } from '@node/waiting'
import type { RunRecord } from '../storage/runs'
import type { EndReason, RunControl } from './control'
import type { LiveRun } from './live-run'

/** @param reason why it left its loop; undefined when all generations are done */
export function outcomeOf(
  reason: EndReason | undefined,
  { maxSeconds }: Pick<RunDefinition, 'maxSeconds'>,
): { readonly state: RunState; readonly message: string } {
  switch (reason) {
    case 'stop':
      return { state: 'stopped', message: 'The search was stopped.' }
    case 'pause':
      return { state: 'paused', message: 'The search is paused.' }
    case 'close':
      return { state: 'interrupted', message: 'The program was closed. The search can go on where it stood.' }
    case 'time-limit':
      return { state: 'finished', message: `The time limit of ${maxSeconds} s was reached.` }
    case undefined:
      return { state: 'finished', message: 'All planned trials have a result. The search is finished.' }
  }
}

/** Ends the run when its time is up, also while a long trial trains. @returns the timer, for clearTimeout */
export function limitTimer(run: RunRecord, live: LiveRun, control: RunControl): NodeJS.Timeout | undefined {
  const { maxSeconds } = run.definition
  if (maxSeconds === null) return undefined
  const leftMs = Math.max(0, (maxSeconds - live.seconds()) * 1000)
  // A longer limit is checked after each trial anyway.
  return setTimeout(() => control.end('time-limit'), Math.min(leftMs, LONGEST_DELAY_MS))
}
