// What is known of a run only while it goes: phase, activities, the clock. Never stored; the database has what must last.
import type { Activity, RunUpdate } from '@shared/contract/searches'
import type { RunDefinition } from '@shared/search/run'
import type { TrialUsage } from '@shared/search/usage'
import type { PreparedRun } from './prepared-run'
import { Steering } from './steering'

export type Phase = RunUpdate['phase']

export interface LiveRun {
  phase: Phase
  /** What it works with; null until that is ready. */
  prepared: PreparedRun | null
  /** The step of work on the data that is under way, while the run is being prepared. */
  preparing: RunUpdate['preparing']
  /** By trial id. */
  readonly activities: Map<number, Activity>
  /** Seconds that each trial in training has taken so far, over all its attempts. */
  readonly clocks: Map<number, () => number>
  /** What each trial in training has taken of the machine so far, over all its attempts. */
  readonly usages: Map<number, () => TrialUsage | null>
  /** Ends a trial that is going, by hand, by its id. */
  readonly ends: Map<number, () => void>
  /** What a person changes of it while it goes. */
  readonly steering: Steering
  /** Trials that failed unexpectedly, one after another. */
  internalFailures: number
  /** Seconds of searching, over all sessions. */
  seconds(): number
}

/** @param secondsBefore what earlier sessions took */
export function createLiveRun(secondsBefore: number, definition: RunDefinition): LiveRun {
  const startedAt = performance.now()
  return {
    phase: 'preparing',
    prepared: null,
    preparing: null,
    activities: new Map(),
    clocks: new Map(),
    usages: new Map(),
    ends: new Map(),
    steering: new Steering(definition),
    internalFailures: 0,
    seconds: () => secondsBefore + (performance.now() - startedAt) / 1000,
  }
}
