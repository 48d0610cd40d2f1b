// A whole training at small size: every phase, its figures, the card, breaking off and going on.
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { proposerTrainingSchema, type ProposerTrainingEvent } from '@shared/contract/proposer'
import { vocabularySize } from '@shared/language'
import { tf } from '../../tensorflow/backend'
import { readCheckpoint } from '../model/checkpoint'
import { rateAt } from './epoch'
import { trainProposer } from './train'
import { readState, trainingIdentity, writeState } from './training-state'

const training = proposerTrainingSchema.parse({
  name: 'small',
  seed: 4,
  cells: 120,
  chains: 50,
  cellEpochs: 2,
  chainEpochs: 1,
  classifierEpochs: 20,
  batchSize: 128,
  heldOut: 0.2,
})

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proposer-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function run(
  out: string,
  onEvent: (event: ProposerTrainingEvent) => void = () => undefined,
  signal?: AbortSignal,
): Promise<ProposerTrainingEvent[]> {
  const events: ProposerTrainingEvent[] = []
  for await (const event of trainProposer({ training, out, command: 'gpt-nas proposer train' }, signal)) {
    events.push(event)
    onEvent(event)
  }
  return events
}
/** An epoch's end of a phase, with its loss on the networks that say when to stop. */
const losses = (events: readonly ProposerTrainingEvent[], phase: string): number[] =>
  events.flatMap((event) => (event.type === 'epoch' && event.phase === phase ? [event.heldOutLoss] : []))
const epochs = (events: readonly ProposerTrainingEvent[]) => events.filter((event) => event.type === 'epoch')

describe('a training', () => {
  it('learns in every phase and writes what it measured', async () => {
    const events = await run(folder)
    const phases = epochs(events).map((event) => ('phase' in event ? event.phase : ''))
    expect(phases.slice(0, 4)).toEqual(['cells', 'cells', 'chains', 'blocks'])
    const { model, card } = await readCheckpoint(folder)
    const last = events[events.length - 1]!
    expect(last).toMatchObject({ type: 'finished', sha256: model.weights.sha256, metrics: model.metrics })
    expect((await readdir(folder)).sort()).toEqual(['CARD.md', 'model.json', 'weights.bin'])
    expect(tf.memory().numTensors).toBe(0)

    expect(model.measurements.map(({ phase, test }) => `${phase}/${test}`)).toEqual([
      'cells/cells',
      'chains/chains',
      'chains/zoo',
      'chains/cells',
      'blocks/chains',
      'blocks/zoo',
    ])
    for (const { phase, model: score, baselines, floor } of model.measurements) {
      const classes = phase === 'blocks' ? 15 : vocabularySize
      expect(baselines['uniform']!.loss).toBeCloseTo(Math.log(classes), 6)
      expect(score.loss).toBeLessThan(baselines['uniform']!.loss)
      if (floor !== null)
        for (const one of [score, ...Object.values(baselines)]) expect(one.loss).toBeGreaterThan(floor)
    }
    const cells = model.measurements[0]!
    expect(model.metrics['bitsPerCell']).toBeCloseTo(
      ((cells.model.loss / Math.LN2) * cells.predictions) / cells.networks,
      9,
    )
    expect(card).toContain('gpt-nas proposer train')
    expect(card).toContain('18.69')
    expect(card).toContain('25.0 %')
    for (const test of ['chains', 'zoo']) {
      const { baselines } = model.measurements.find((one) => one.phase === 'blocks' && one.test === test)!
      expect(card).toContain(`on ${test} ${baselines['bigramOfChains']!.loss.toFixed(3)}`)
    }
    expect(card).toContain(model.metrics['bitsPerCell']!.toFixed(2))
    expect(card).not.toMatch(/undefined|NaN/)
  })

  it('goes on after a break and ends with the same weights', async () => {
    await run(folder)
    const whole = await readFile(join(folder, 'weights.bin'))
    const other = join(folder, 'other')
    for (const breakAfter of [1, 3]) {
      const stop = new AbortController()
      let seen = 0
      const broken = run(
        other,
        (event) => {
          if (event.type === 'epoch' && ++seen === (breakAfter === 1 ? 1 : 2)) stop.abort()
        },
        stop.signal,
      )
      await expect(broken).rejects.toMatchObject({ code: 'cancelled' })
      expect(tf.memory().numTensors).toBe(0)
    }
    const rest = await run(other)
    expect(losses(rest, 'cells')).toEqual([])
    expect(losses(rest, 'chains')).toEqual([])
    expect((await readFile(join(other, 'weights.bin'))).equals(whole)).toBe(true)
  })

  it('ends a phase whose loss has risen on networks of their own, and goes on with the best epoch', async () => {
    const long = { ...training, cellEpochs: 12 }
    const identity = trainingIdentity(long)
    const until = async (isEnough: (event: ProposerTrainingEvent) => boolean): Promise<ProposerTrainingEvent[]> => {
      const [stop, seen] = [new AbortController(), [] as ProposerTrainingEvent[]]
      const going = async (): Promise<void> => {
        for await (const event of trainProposer({ training: long, out: folder, command: '' }, stop.signal)) {
          seen.push(event)
          if (isEnough(event)) stop.abort()
        }
      }
      await expect(going()).rejects.toMatchObject({ code: 'cancelled' })
      return seen
    }
    await until((event) => event.type === 'epoch')
    // As if four more epochs had each been worse than the one before.
    const { state } = await readState(folder, identity)
    const best = state!.arrays.map((array) =>
      array.name === 'best/gpt/positions' ? { ...array, values: array.values.map(() => 0.25) } : array,
    )
    await writeState(folder, identity, { ...state!, epoch: 5, losses: [1, 2, 3, 4, 5], arrays: best })
    const events = await until((event) => 'phase' in event && event.phase === 'chains')
    expect(losses(events, 'cells')).toEqual([])
    const ended = (await readState(folder, identity)).state!
    expect(ended.measurements[0]).toMatchObject({ phase: 'cells', epoch: 1 })
    const kept = ended.arrays.find(({ name }) => name === 'gpt/positions')
    expect(new Set(kept!.values)).toEqual(new Set([0.25]))
  })

  it("starts anew beside another training's state, and says so", async () => {
    const stop = new AbortController()
    const broken = run(folder, (event) => event.type === 'epoch' && stop.abort(), stop.signal)
    await expect(broken).rejects.toMatchObject({ code: 'cancelled' })
    const other = { ...training, seed: 5 }
    const first = await trainProposer({ training: other, out: folder, command: '' }).next()
    expect(first.value).toMatchObject({ type: 'note', message: expect.stringContaining('another training') as string })
  })
})

describe('the learning rate', () => {
  it('rises to its peak and falls to nothing', () => {
    const rates = Array.from({ length: 200 }, (_, step) => rateAt(step, 200, 3e-4))
    expect(rates[0]).toBeCloseTo(3e-5, 9)
    expect(Math.max(...rates)).toBeCloseTo(3e-4, 9)
    expect(rates.indexOf(Math.max(...rates))).toBe(9)
    expect(rates[199]).toBeLessThan(1e-7)
    for (let i = 11; i < 200; i++) expect(rates[i]!).toBeLessThan(rates[i - 1]!)
  })
})
