// Successive halving over epochs (Jamieson & Talwalkar 2016; asynchronous as in Li and others 2020, "A System for Massively Parallel
// Hyperparameter Tuning"): a training search trains every candidate a little, and only the best share of each rung on to the next.
// Pure; which trial trains when is the engine's (runs/halving.ts), why it is done so decision 161's.
import type { RunDefinition } from './run'
import { isConfirmation } from './confirmations'
import type { Trial } from './trial'

export interface Halving {
  /** Of each rung, ascending; the last is the whole training. */
  readonly epochs: readonly number[]
  /** One of so many goes on. */
  readonly eta: number
}

type Definition = Pick<RunDefinition, 'fidelity' | 'evaluator' | 'space' | 'recipe' | 'final'>

/** The rungs of a search; null where every trial trains whole. */
export function halvingOf({ fidelity, evaluator, space, recipe, final }: Definition): Halving | null {
  const { firstRung, reduction: eta } = fidelity
  const isSearch = evaluator.kind === 'training' && space.kind !== 'single' && final === null
  if (firstRung === null || !isSearch || firstRung >= recipe.epochs) return null
  const epochs: number[] = []
  for (let rung = firstRung; rung < recipe.epochs; rung *= eta) epochs.push(rung)
  return { epochs: [...epochs, recipe.epochs], eta }
}

type Laddered = Pick<Trial, 'number' | 'state' | 'fidelity' | 'origin'>

/** Trained in rungs at all: what is confirmed is trained whole, as what it is compared with. */
export const climbs = (trial: Pick<Trial, 'origin'>): boolean => !isConfirmation(trial)

/** Epochs that a trial trains to before it waits or ends. */
export function targetOf({ epochs }: Halving, { fidelity: { rungs } }: Pick<Trial, 'fidelity'>): number {
  const reached = rungs.length - (rungs.at(-1)?.promotedAmong === null ? 1 : 0)
  return epochs[Math.min(reached, epochs.length - 1)]!
}

/** Whether it has reached a rung and waits for its promotion, or for the end of its generation. */
export const isHeld = ({ state, fidelity: { rungs } }: Pick<Trial, 'state' | 'fidelity'>): boolean =>
  state === 'waiting' && rungs.at(-1)?.promotedAmong === null

/** Better first: higher fitness, then the lower number. */
const byFitness =
  (rung: number) =>
  (a: Laddered, b: Laddered): number =>
    b.fidelity.rungs[rung]!.fitness - a.fidelity.rungs[rung]!.fitness || a.number - b.number

/**
 * The trial that is promoted next: from the highest rung that has one among its best share, the best of those that wait.
 * @param trials of the run, of all generations: all that have reached a rung count
 */
export function promotable<T extends Laddered>({ epochs, eta }: Halving, trials: readonly T[]): T | undefined {
  for (let rung = epochs.length - 2; rung >= 0; rung--) {
    const reached = trials.filter(({ fidelity }) => fidelity.rungs.length > rung).sort(byFitness(rung))
    const best = reached.slice(0, Math.floor(reached.length / eta))
    const next = best.find((trial) => isHeld(trial) && trial.fidelity.rungs.length === rung + 1)
    if (next !== undefined) return next
  }
  return undefined
}

/**
 * A promotion that the rule does not allow by what was known then; null where all are as they should be. Every rung keeps in which order it
 * was reached, so that this follows from what is stored.
 */
export function wrongPromotion<T extends Laddered>(
  { epochs, eta }: Halving,
  trials: readonly T[],
): { readonly trial: T; readonly rung: number; readonly rank: number; readonly among: number } | null {
  for (const [rung] of epochs.slice(0, -1).entries()) {
    const reached = trials.filter(({ fidelity }) => fidelity.rungs.length > rung)
    for (const trial of reached) {
      const among = trial.fidelity.rungs[rung]!.promotedAmong
      if (among === null) continue
      const known = reached.filter(({ fidelity }) => fidelity.rungs[rung]!.place <= among).sort(byFitness(rung))
      const rank = known.indexOf(trial) + 1
      if (rank === 0 || rank > Math.floor(known.length / eta)) return { trial, rung, rank, among }
    }
  }
  return null
}

/** Share of a whole training that a candidate takes on average, where as many are promoted as the rule lets: for forecasts. */
export function expectedShare(halving: Halving | null): number {
  if (halving === null) return 1
  const { epochs, eta } = halving
  const sum = epochs.reduce((all, rung, k) => all + (rung - (epochs[k - 1] ?? 0)) / eta ** k, 0)
  return sum / epochs.at(-1)!
}

/** "2, 6 and 18 epochs". */
export function rungsText({ epochs }: Halving): string {
  return `${epochs.slice(0, -1).join(', ')} and ${epochs.at(-1)} epochs`
}
