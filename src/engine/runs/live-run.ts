// What is known of a run only while it goes: phase, activities, the clock. Never stored; the database has what must last.
import type { Activity, RunUpdate } from '@shared/contract/searches'

export type Phase = RunUpdate['phase']

export interface LiveRun {
  phase: Phase
  /** By trial id. */
  readonly activities: Map<number, Activity>
  /** Seconds that each trial in training has taken so far, over all its attempts. */
  readonly clocks: Map<number, () => number>
  /** Trials that failed unexpectedly, one after another. */
  internalFailures: number
  /** Seconds of searching, over all sessions. */
  seconds(): number
}

/** @param secondsBefore what earlier sessions took */
export function createLiveRun(secondsBefore: number): LiveRun {
  const startedAt = performance.now()
  return {
    phase: 'preparing',
    activities: new Map(),
    clocks: new Map(),
    internalFailures: 0,
    seconds: () => secondsBefore + (performance.now() - startedAt) / 1000,
  }
}
