// How a run that nothing broke comes to its end: when its time is up, and what its end is called.
import { endText } from '@shared/search/end-text'
import type { RunDefinition } from '@shared/search/run'
import type { RunEnd, RunState } from '@shared/search/run-states'
import { LONGEST_DELAY_MS } from '@node/waiting'
import type { EndReason, RunControl } from './control'
import type { LiveRun } from './live-run'

export interface Outcome {
  readonly state: RunState
  /** Null where it is not finished. */
  readonly end: RunEnd | null
  readonly message: string
}

/**
 * @param reason why it left its loop: told to, or nothing left to do
 * @throws Error without one: a loop that nothing ended would be no end
 */
export function outcomeOf(reason: EndReason | RunEnd | undefined, definition: RunDefinition): Outcome {
  switch (reason) {
    case 'stop':
      return { state: 'stopped', end: null, message: 'The search was stopped.' }
    case 'pause':
      return { state: 'paused', end: null, message: 'The search is paused.' }
    case 'close':
      return {
        state: 'interrupted',
        end: null,
        message: 'The program was closed. The search can go on where it stood.',
      }
    case undefined:
      throw new Error('a run left its loop without a reason')
    case 'evaluations':
    case 'epochs':
    case 'time':
    case 'space':
    case 'repeats':
    case 'gain':
      return { state: 'finished', end: reason, message: endText(reason, definition) }
  }
}

/** Ends the run when its time is up, also while a long trial trains and where the limit changes meanwhile. @returns ends it */
export function limitTimer(live: LiveRun, control: RunControl): () => void {
  let timer: NodeJS.Timeout | undefined
  const set = (): void => {
    clearTimeout(timer)
    const { maxSeconds } = live.steering.definition
    if (maxSeconds === null) return
    const leftMs = Math.max(0, (maxSeconds - live.seconds()) * 1000)
    // A longer limit is checked after each trial anyway.
    timer = setTimeout(() => control.end('time'), Math.min(leftMs, LONGEST_DELAY_MS))
  }
  set()
  const forget = live.steering.onChange(set)
  return () => {
    forget()
    clearTimeout(timer)
  }
}
