// A compute that ends in the middle of a training, for real: the trial goes on from its last epoch with the curve of an
// undisturbed training, to the last bit, and no file is left half-written. `npm run bench:faults` does it many times.
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Recipe } from '../../src/shared/search/recipe'
import { trainDisturbed, type Disturbed } from './disturbed-training'
import { randomFaults, whyNot, type FaultKind } from './faults'
import { bundlePrograms } from './programs'
import { EPOCHS } from './workbench'

/** So early that the training cannot be over before the fault comes; the measurement spreads them over all of it. */
const EARLY_SHARE = 0.6
/** Most of it is the start of computes on a machine that may be busy. */
const TIMEOUT_MS = 120_000

let folder = ''
let programs = ''
let undisturbed: Disturbed
const train = (name: string, seed: number, kinds: readonly FaultKind[], recipe?: Partial<Recipe>) =>
  trainDisturbed({
    workspace: path.join(folder, name),
    programs,
    faults: randomFaults(seed, kinds, EARLY_SHARE),
    recipe,
  })

/** A process is taken at its next page, and a training that goes in circles may want none: then another moment is tried. */
const KILLER_TRIES = 6
async function trainUnderKiller(name: string, recipe?: Partial<Recipe>): Promise<Disturbed> {
  for (let attempt = 1; ; attempt++) {
    const disturbed = await train(`${name}-${attempt}`, 5 + attempt, ['memory-group'], recipe)
    if (attempt === KILLER_TRIES || disturbed.hits.every(({ fate }) => fate !== 'survived')) return disturbed
  }
}

beforeAll(async () => {
  programs = await bundlePrograms()
  folder = mkdtempSync(path.join(os.tmpdir(), 'gptnas-faults-'))
  undisturbed = await train('undisturbed', 0, [])
}, TIMEOUT_MS)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('a training whose compute is lost', () => {
  it('has something to be compared with', () => {
    const { outcome, deaths, left } = undisturbed
    expect(outcome).toMatchObject({ state: 'finished', trial: { state: 'finished', attempt: 1 } })
    expect(outcome.curve).toHaveLength(EPOCHS)
    expect(outcome.trial.fitness).toBeGreaterThan(0.5)
    expect({ deaths, left }).toEqual({ deaths: [], left: { whole: 0, broken: [], partial: 0 } })
  })

  it.each([
    { seed: 3, kinds: ['kill', 'kill'] },
    { seed: 4, kinds: ['segfault', 'kill'] },
  ] as const)(
    'by $kinds goes on with the undisturbed curve and leaves no broken file',
    async ({ seed, kinds }) => {
      const { outcome, hits, deaths, left } = await train(`seed-${seed}`, seed, kinds)
      expect(hits.map(({ kind }) => kind).sort()).toEqual([...kinds].sort())
      expect(hits.map(({ fate }) => fate)).toEqual(['died', 'died'])
      expect(outcome.trial.attempt).toBe(1 + kinds.length)
      expect({ ...outcome, trial: { ...outcome.trial, attempt: 1 } }).toEqual(undisturbed.outcome)
      expect(deaths.flatMap(({ broken }) => broken)).toEqual([])
      expect(left).toEqual({ whole: 0, broken: [], partial: 0 })
    },
    TIMEOUT_MS,
  )

  it.skipIf(whyNot('address-space') !== null)(
    'for want of memory fails with figures or goes on, and never hangs',
    async () => {
      const { outcome, hits, deaths, left } = await train('memory', 5, ['address-space'])
      expect(hits).toMatchObject([
        { kind: 'address-space', fate: expect.stringMatching(/died|refused|survived/) as string },
      ])
      expect(outcome.state).toBe('finished')
      if (outcome.trial.state === 'failed') {
        expect(outcome.trial.error).toMatchObject({
          code: 'out-of-memory',
          message: expect.stringMatching(/\d+ MiB/) as string,
        })
      } else {
        expect({ ...outcome, trial: { ...outcome.trial, attempt: 1 } }).toEqual(undisturbed.outcome)
      }
      expect(deaths.flatMap(({ broken }) => broken)).toEqual([])
      expect(left).toEqual({ whole: 0, broken: [], partial: 0 })
    },
    TIMEOUT_MS,
  )

  it.skipIf(whyNot('memory-group') !== null)(
    "by the kernel's killer goes on with the undisturbed curve where it must not change",
    async () => {
      const { outcome, hits, left, journal } = await trainUnderKiller('killer')
      expect(hits).toEqual([{ kind: 'memory-group', fate: 'died' }])
      expect(journal).toContainEqual(expect.stringMatching(/ran out of memory.*may hold [\d.]+ [KM]iB.*attempt 2 of 3/))
      expect({ ...outcome, trial: { ...outcome.trial, attempt: 1 } }).toEqual(undisturbed.outcome)
      expect(left).toEqual({ whole: 0, broken: [], partial: 0 })
    },
    TIMEOUT_MS * 2,
  )

  it.skipIf(whyNot('memory-group') !== null)(
    "by the kernel's killer goes on with half the batch where it may",
    async () => {
      const { outcome, hits, left, journal } = await trainUnderKiller('halved', { deterministic: false })
      expect(hits).toEqual([{ kind: 'memory-group', fate: 'died' }])
      expect(journal).toContainEqual(expect.stringContaining('ran out of memory with batches of 16; trains with 8'))
      expect(outcome).toMatchObject({ state: 'finished', trial: { state: 'finished', attempt: 2 } })
      expect(outcome.curve).toHaveLength(EPOCHS)
      expect(left).toEqual({ whole: 0, broken: [], partial: 0 })
    },
    TIMEOUT_MS * 2,
  )
})
