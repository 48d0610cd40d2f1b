// Successive halving (Jamieson & Talwalkar 2016; asynchronous as in Li and others 2020, "A System for Massively Parallel
// Hyperparameter Tuning"): a training search trains every candidate a little, and only the best share of each rung on to the next.
// Pure; which trial trains when is the engine's (runs/halving.ts), why it is done so decision 161's, on what images rung-images.ts's.
import type { RunDefinition } from './run'
import { isConfirmation } from './confirmations'
import { costOfRung, imagesByRung, rungText, type RungImages } from './rung-images'
import type { Trial } from './trial'

export interface Halving extends RungImages {
  /** Of each rung, ascending; the last is the whole training. */
  readonly epochs: readonly number[]
  /** One of so many goes on. */
  readonly eta: number
}

type Definition = Pick<RunDefinition, 'fidelity' | 'evaluator' | 'space' | 'recipe' | 'final'>

/** The rungs of a search; null where every trial trains whole. Its JSON decides what counts as the same evaluation. */
export function halvingOf({ fidelity, evaluator, space, recipe, final }: Definition): Halving | null {
  const { firstRung, reduction: eta } = fidelity
  const isSearch = evaluator.kind === 'training' && space.kind !== 'single' && final === null
  if (!isSearch) return null
  const epochs: number[] = []
  for (let rung = firstRung ?? recipe.epochs; rung < recipe.epochs; rung *= eta) epochs.push(rung)
  const { images, sides } = imagesByRung(fidelity)
  const count = Math.max(epochs.length + 1, images?.length ?? 1, sides?.length ?? 1)
  if (count === 1) return null
  /** What grows for less long is whole from there on. */
  const filled = (values: readonly number[], whole: number): number[] =>
    Array.from({ length: count }, (_, rung) => values[rung] ?? whole)
  return {
    epochs: filled(epochs, recipe.epochs),
    eta,
    ...(images !== undefined && { images: filled(images, 1) }),
    ...(sides !== undefined && { sides: filled(sides, 1) }),
  }
}

type Laddered = Pick<Trial, 'number' | 'state' | 'fidelity' | 'origin'>

/** Trained in rungs at all: what is confirmed is trained whole, as what it is compared with. */
export const climbs = (trial: Pick<Trial, 'origin'>): boolean => !isConfirmation(trial)

/** The rung that a trial trains to, or that its result and its epochs are of, from 0. */
export function rungOf({ epochs }: Halving, { fidelity }: Pick<Trial, 'fidelity'>): number {
  const { rungs, brokenOff } = fidelity
  const isBelow = rungs.at(-1)?.promotedAmong === null || brokenOff === true
  return Math.min(rungs.length - (isBelow ? 1 : 0), epochs.length - 1)
}

/** Epochs that a trial trains to before it waits or ends. */
export const targetOf = (halving: Halving, trial: Pick<Trial, 'fidelity'>): number =>
  halving.epochs[rungOf(halving, trial)]!

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
  const sum = epochs.reduce((all, _, rung) => all + costOfRung(halving, rung) / eta ** rung, 0)
  return sum / epochs.at(-1)!
}

/** "2, 6 and 18 epochs"; with fewer or smaller images each rung in full. */
export function rungsText(halving: Halving): string {
  const { epochs, images, sides } = halving
  if (images === undefined && sides === undefined)
    return `${epochs.slice(0, -1).join(', ')} and ${epochs.at(-1)} epochs`
  const rungs = epochs.map((_, rung) => rungText(halving, rung))
  const last = `${rungs.at(-1)} on all images`
  return `${rungs.slice(0, -1).join('; ')}${rungs.length > 2 ? '; and' : ', then'} ${last}`
}
