// How far a run is, and what its state looks like: facts that status bar, list and live view show alike.
import type { Run } from '@shared/search/run'
import type { RunState } from '@shared/search/run-states'
import type { TrialState } from '@shared/search/trial'

/** Colour and shape of a state, as UiBadge draws them. */
export type BadgeTone = 'running' | 'done' | 'pruned' | 'failed' | 'paused'

/** Settled trials of the planned ones, fraction in [0, 1]. */
export function runProgress(run: Run): number {
  const { finished, failed, planned } = run.counts
  return planned === 0 ? 0 : Math.min(1, (finished + failed) / planned)
}

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
