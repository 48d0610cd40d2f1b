// What rungs of successive halving train on where the first one has fewer or smaller images (decision 191): shares of the images and of
// their side by rung, which rungs are one training, and what an epoch of each takes of a whole one. Pure.
import type { Fidelity } from './fidelity'
import type { Rung } from './trial-fidelity'

/** Of each rung, ascending to 1; absent where every rung has all images, or whole ones. */
export interface RungImages {
  readonly images?: readonly number[]
  readonly sides?: readonly number[]
}

interface Ladder extends RungImages {
  readonly epochs: readonly number[]
}

/** A ninth times three times three may be a little more. */
const ROUNDED_ONE = 1 + 1e-9

/**
 * Shares of the images of the rungs that have not all of them, then 1. Each has `reduction` times as many as the one before; the last step
 * may be larger, up to that squared, because a rung of nearly all images would begin anew for next to nothing.
 */
function imageShares(first: number, reduction: number): number[] {
  const shares = [first]
  for (let share = first * reduction; share * reduction <= ROUNDED_ONE; share *= reduction) shares.push(share)
  return [...shares, 1]
}

/** Shares by rung, before they are brought to one length; undefined where a setting is off. */
export function imagesByRung({ firstImages, firstSide, reduction }: Fidelity): {
  readonly images?: number[]
  readonly sides?: number[]
} {
  return {
    ...(firstImages !== null && firstImages < 1 && { images: imageShares(firstImages, reduction) }),
    // Two sides, not more: each is a copy of the data set on the disk, and three quarters of a side save little.
    ...(firstSide !== null && firstSide < 1 && { sides: [firstSide, 1] }),
  }
}

export const imagesAt = ({ images }: RungImages, rung: number): number => images?.[rung] ?? 1
export const sideAt = ({ sides }: RungImages, rung: number): number => sides?.[rung] ?? 1

/** Whether a rung trains on other images than the one before: then it is a training of its own, from a random start. */
export const beginsAnew = (ladder: RungImages, rung: number): boolean =>
  rung > 0 &&
  (imagesAt(ladder, rung) !== imagesAt(ladder, rung - 1) || sideAt(ladder, rung) !== sideAt(ladder, rung - 1))

/** Which training of a trial a rung belongs to, from 0: it goes up where one begins anew. */
export function legOf(ladder: RungImages, rung: number): number {
  let leg = 0
  for (let at = 1; at <= rung; at++) if (beginsAnew(ladder, at)) leg++
  return leg
}

/** Epochs that the training of a rung has when it goes on to it: those of the rung before, none where it begins anew. */
export const epochsBefore = (ladder: Ladder, rung: number): number =>
  rung === 0 || beginsAnew(ladder, rung) ? 0 : ladder.epochs[rung - 1]!

/** What an epoch at a rung takes of a whole one: its share of the images times that of their pixels. Convolutions cost as many. */
export const epochShare = (ladder: RungImages, rung: number): number =>
  imagesAt(ladder, rung) * sideAt(ladder, rung) ** 2

/** Whole epochs that it takes to come from the rung below to this one. */
export const costOfRung = (ladder: Ladder, rung: number): number =>
  (ladder.epochs[rung]! - epochsBefore(ladder, rung)) * epochShare(ladder, rung)

/** Whole epochs behind the rungs that a trial has reached, as it was trained. */
export function costOfReached(ladder: Ladder, rungs: readonly Rung[]): number {
  return rungs.reduce((sum, { epochs }, at) => {
    const before = beginsAnew(ladder, at) ? 0 : (rungs[at - 1]?.epochs ?? 0)
    return sum + (epochs - before) * epochShare(ladder, at)
  }, 0)
}

const percent = (share: number): string => `${Number((100 * share).toPrecision(3))} %`

/** "6 epochs", "2 epochs on 25 % of the images at 50 % of their side". */
export function rungText(ladder: Ladder, rung: number): string {
  const images = imagesAt(ladder, rung)
  const side = sideAt(ladder, rung)
  const on = images < 1 ? ` on ${percent(images)} of the images` : ''
  const at = side < 1 ? `${on === '' ? ' on images' : ''} at ${percent(side)} of their side` : ''
  const epochs = ladder.epochs[rung]!
  return `${epochs} ${epochs === 1 && (on !== '' || at !== '') ? 'epoch' : 'epochs'}${on}${at}`
}
