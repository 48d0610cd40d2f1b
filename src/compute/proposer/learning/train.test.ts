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
const epochs = (events: readonly ProposerTrainingEvent[]) => events.filter((event) => event.type === 'epoch')

describe('a training', () => {
  it('learns in every phase and writes what it measured', async () => {
    const events = await run(folder)
    expect(epochs(events).map((event) => ('phase' in event ? event.phase : ''))).toEqual([
      'cells',
      'cells',
      'chains',
      ...new Array<string>(training.classifierEpochs).fill('blocks'),
    ])
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
    expect(epochs(rest).length).toBe(training.classifierEpochs)
    expect((await readFile(join(other, 'weights.bin'))).equals(whole)).toBe(true)
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
