// The states of a run and what each allows: the one place where that is written. Engine, window and command line ask here, so
// that none offers what another refuses.
import { z } from 'zod'

export const RUN_STATES = [
  'created',
  'running',
  'pausing',
  'paused',
  'interrupted',
  'finished',
  'stopped',
  'failed',
] as const
export const runState = z.enum(RUN_STATES)
export type RunState = z.infer<typeof runState>

/**
 * Why a run is finished: the first of its budgets that was used up, or that nothing is left to propose. No other state has one,
 * and runs that ended before it was stored have none.
 */
export const RUN_ENDS = ['evaluations', 'epochs', 'time', 'space', 'repeats', 'gain'] as const
export const runEnd = z.enum(RUN_ENDS)
export type RunEnd = z.infer<typeof runEnd>

export interface StateRules {
  /** Ended for good: nothing of it will train again. */
  readonly isOver: boolean
  /** The engine works on it, if only to reach the next checkpoint. */
  readonly isGoing: boolean
  /** Can start, or go on where it stood. */
  readonly canResume: boolean
  readonly canPause: boolean
  /** Can be ended for good; what waits is then given up. */
  readonly canStop: boolean
  readonly canRemove: boolean
}

const GOING: StateRules = {
  isOver: false,
  isGoing: true,
  canResume: false,
  canPause: true,
  canStop: true,
  canRemove: false,
}
/** Nothing works on it, and it can go on. */
const AT_REST: StateRules = {
  isOver: false,
  isGoing: false,
  canResume: true,
  canPause: false,
  canStop: true,
  canRemove: true,
}
const OVER: StateRules = {
  isOver: true,
  isGoing: false,
  canResume: false,
  canPause: false,
  canStop: false,
  canRemove: true,
}

export const RUN_STATE_RULES: Readonly<Record<RunState, StateRules>> = {
  created: AT_REST,
  running: GOING,
  pausing: { ...GOING, canPause: false },
  paused: AT_REST,
  interrupted: AT_REST,
  finished: OVER,
  stopped: OVER,
  // Goes on once its cause is mended: what finished is kept, what failed is not tried again.
  failed: AT_REST,
}
