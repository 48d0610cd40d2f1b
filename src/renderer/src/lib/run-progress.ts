// What the state of a run or a trial looks like: status bar, list and live view show it alike.
import type { RunState } from '@shared/search/run-states'
import type { TrialState } from '@shared/search/trial'

/** Colour and shape of a state, as UiBadge draws them. */
export type BadgeTone = 'running' | 'done' | 'pruned' | 'failed' | 'paused'

const RUN_TONES: Readonly<Record<RunState, BadgeTone>> = {
  created: 'pruned',
  running: 'running',
  pausing: 'paused',
  paused: 'paused',
  interrupted: 'paused',
  finished: 'done',
  stopped: 'pruned',
  failed: 'failed',
}
export const runTone = (state: RunState): BadgeTone => RUN_TONES[state]

const TRIAL_TONES: Readonly<Record<TrialState, BadgeTone>> = {
  waiting: 'pruned',
  running: 'running',
  finished: 'done',
  failed: 'failed',
  cancelled: 'pruned',
}
export const trialTone = (state: TrialState): BadgeTone => TRIAL_TONES[state]
