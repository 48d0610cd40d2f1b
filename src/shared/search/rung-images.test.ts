// Rungs of fewer and smaller images: what each has, where one begins anew, and what an epoch of it counts for.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runDefinitionSchema } from './run'
import {
  beginsAnew,
  costOfReached,
  costOfRung,
  epochsBefore,
  epochShare,
  imagesAt,
  legOf,
  rungText,
  sideAt,
} from './rung-images'
import { expectedShare, halvingOf, rungOf, rungsText, type Halving } from './rungs'
import { WHOLE, type Rung } from './trial-fidelity'

const halving = (fidelity: object, epochs = 18): Halving =>
  halvingOf(runDefinitionSchema.parse({ name: 'x', fidelity, recipe: { epochs } }))!
const rung = (epochs: number, promotedAmong: number | null): Rung => ({ epochs, fitness: 0.5, place: 1, promotedAmong })

const anyLadder = fc
  .record({
    firstRung: fc.option(fc.integer({ min: 1, max: 40 })),
    reduction: fc.integer({ min: 2, max: 6 }),
    firstImages: fc.option(fc.double({ min: 0.01, max: 1, noNaN: true })),
    firstSide: fc.option(fc.double({ min: 0.2, max: 1, noNaN: true })),
    epochs: fc.integer({ min: 1, max: 40 }),
  })
  .map(({ epochs, ...fidelity }) => ({ epochs, ladder: halvingOf(definitionOf(fidelity, epochs)) }))
  .filter((made): made is { epochs: number; ladder: Halving } => made.ladder !== null)
const definitionOf = (fidelity: object, epochs: number) =>
  runDefinitionSchema.parse({ name: 'x', fidelity, recipe: { epochs } })

describe('rungs of fewer and smaller images', () => {
  it('grow by the reduction in images as in epochs, and have whole images from the second on', () => {
    const ladder = halving({ firstRung: 2, firstImages: 1 / 9, firstSide: 0.5 })
    expect(ladder).toMatchObject({ epochs: [2, 6, 18], sides: [0.5, 1, 1] })
    expect(ladder.images!.map((share) => share.toFixed(4))).toEqual(['0.1111', '0.3333', '1.0000'])
  })

  it('have no rung of nearly all images: its training would begin anew for next to nothing', () => {
    expect(halving({ firstImages: 0.25 })).toMatchObject({ epochs: [18, 18], images: [0.25, 1] })
    expect(halving({ firstImages: 0.3 }).images).toEqual([0.3, 1])
    expect(halving({ firstImages: 0.25, reduction: 2 }).images).toEqual([0.25, 0.5, 1])
  })

  it('need no first rung of epochs, and are none where nothing is left out', () => {
    expect(halving({ firstSide: 0.5 })).toEqual({ epochs: [18, 18], eta: 3, sides: [0.5, 1] })
    expect(halvingOf(definitionOf({ firstImages: 1, firstSide: 1 }, 18))).toBeNull()
  })

  it('leave a search in rungs of epochs what it was, to the letter: its JSON is part of what an evaluation is known by', () => {
    expect(JSON.stringify(halving({ firstRung: 2 }))).toBe('{"epochs":[2,6,18],"eta":3}')
  })

  it('are told in words', () => {
    const ladder = halving({ firstRung: 1, firstImages: 0.25, firstSide: 0.5, reduction: 4 }, 16)
    expect(rungsText(ladder)).toBe(
      '1 epoch on 25 % of the images at 50 % of their side; 4 epochs; and 16 epochs on all images',
    )
    expect(rungText(halving({ firstSide: 0.5 }), 0)).toBe('18 epochs on images at 50 % of their side')
  })

  it('count an epoch on a quarter of the images at half their side as a sixteenth', () => {
    const ladder = halving({ firstRung: 2, firstImages: 0.25, firstSide: 0.5 })
    expect(epochShare(ladder, 0)).toBe(1 / 16)
    // 2/16 of all, 6 anew of a third, 12 more of a ninth.
    expect(expectedShare(ladder)).toBeCloseTo((2 / 16 + 6 / 3 + 12 / 9) / 18, 12)
    expect(costOfReached(ladder, [rung(2, 3), rung(6, 3)])).toBeCloseTo(2 / 16 + 6, 12)
    // Its patience was at an end sooner: what it trained counts.
    expect(costOfReached(ladder, [rung(1, 3)])).toBeCloseTo(1 / 16, 12)
  })

  it('end in the whole training, never shrink, and each takes more than the one below', () => {
    fc.assert(
      fc.property(anyLadder, ({ epochs, ladder }) => {
        const last = ladder.epochs.length - 1
        expect([ladder.epochs[last], imagesAt(ladder, last), sideAt(ladder, last)]).toEqual([epochs, 1, 1])
        for (let at = 1; at <= last; at++) {
          expect(imagesAt(ladder, at)).toBeGreaterThanOrEqual(imagesAt(ladder, at - 1))
          expect(sideAt(ladder, at)).toBeGreaterThanOrEqual(sideAt(ladder, at - 1))
          expect(ladder.epochs[at]! * epochShare(ladder, at)).toBeGreaterThan(
            ladder.epochs[at - 1]! * epochShare(ladder, at - 1),
          )
          expect(costOfRung(ladder, at)).toBeGreaterThan(0)
        }
      }),
    )
  })

  it('begin anew exactly where images change, and what is left to train adds up to whole trainings', () => {
    fc.assert(
      fc.property(anyLadder, ({ epochs, ladder }) => {
        const last = ladder.epochs.length - 1
        const anew = ladder.epochs.map((_, at) => beginsAnew(ladder, at))
        expect(anew[0]).toBe(false)
        expect(legOf(ladder, last)).toBe(anew.filter(Boolean).length)
        for (const [at] of ladder.epochs.entries())
          expect(epochsBefore(ladder, at)).toBe(at === 0 || anew[at] ? 0 : ladder.epochs[at - 1])
        // Of the last training all epochs are trained, once.
        const legs = ladder.epochs.map((_, at) => legOf(ladder, at))
        const trained = ladder.epochs.reduce(
          (sum, until, at) => (legs[at] === legs[last] ? sum + until - epochsBefore(ladder, at) : sum),
          0,
        )
        expect(trained).toBe(epochs)
        // What all rungs cost together is what a trial pays that has reached all.
        const climbed = ladder.epochs.map((until) => rung(until, 3))
        const cost = ladder.epochs.reduce((sum, _, at) => sum + costOfRung(ladder, at), 0)
        expect(costOfReached(ladder, climbed)).toBeCloseTo(cost, 9)
      }),
    )
  })

  it('tell which rung a trial’s epochs are of', () => {
    const ladder = halving({ firstRung: 2, firstImages: 0.25 })
    const at = (rungs: Rung[], brokenOff?: true) =>
      rungOf(ladder, { fidelity: { ...WHOLE, rungs, ...(brokenOff && { brokenOff }) } })
    expect([at([]), at([rung(2, null)]), at([rung(2, 3)]), at([rung(2, 3), rung(6, 3)])]).toEqual([0, 0, 1, 2])
    // Promoted, and its search ended before that training did: they are those of the rung below.
    expect(at([rung(2, 3)], true)).toBe(0)
  })
})
