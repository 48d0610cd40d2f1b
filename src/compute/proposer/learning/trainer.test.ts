// Training of both objectives: they learn a batch by heart, recorded equals op by op, state moves, nothing leaks.
import { describe, expect, it } from 'vitest'
import { blockNames, vocabularySize } from '@shared/language'
import { createRandom } from '@shared/random'
import { tf } from '../../tensorflow/backend'
import { nativeBinding } from '../../tensorflow/backend'
import { classifierParameters, paperClassifier, PRIOR } from '../model/classifier'
import { BLOCK_ROW, WINDOW_ROW } from './corpus'
import { gptParameters, type GptSizes } from '../model/gpt'
import { fitNGram } from './n-grams'
import { countedPrior } from './phases'
import { blockObjective, nextLayerObjective } from './objectives'
import { initialArrays } from '../model/parameters'
import { createRowCounter, type RowCounter } from './row-counts'
import { createTrainer } from './trainer'

const gpt: GptSizes = { vocabulary: vocabularySize, window: 10, layers: 1, heads: 2, width: 32 }
const BATCH = 16

/** Rows whose last column follows from the others only by heart. */
function drawRows(width: number, last: number, seed: number): { counter: RowCounter; batch: Int32Array } {
  const random = createRandom(seed)
  const counter = createRowCounter(width)
  const batch = new Int32Array(BATCH * width)
  for (let i = 0; i < BATCH; i++) {
    const row = Array.from({ length: width }, (_, column) =>
      column === width - 1 ? random.integer(last) : 4 + random.integer(vocabularySize - 4),
    )
    counter.add(row)
    batch.set(row, i * width)
  }
  return { counter, batch }
}

const gptTrainer = () => createTrainer(nextLayerObjective(gpt), initialArrays(gptParameters(gpt), 1), BATCH)

describe('training the GPT', () => {
  it('learns a batch by heart', () => {
    const trainer = gptTrainer()
    const { counter, batch } = drawRows(WINDOW_ROW, vocabularySize, 2)
    expect(trainer.score(counter.rows()).loss).toBeCloseTo(Math.log(vocabularySize), 0)
    for (let step = 0; step < 250; step++) trainer.step(batch, 3e-3)
    const score = trainer.score(counter.rows())
    trainer.dispose()
    expect(score.loss).toBeLessThan(0.1)
    expect(score.accuracy).toBe(1)
  })

  it('is the same step recorded and op by op', () => {
    const trainer = gptTrainer()
    const { batch } = drawRows(WINDOW_ROW, vocabularySize, 3)
    for (let step = 0; step < 5; step++) {
      const recorded = trainer.step(batch, 1e-3)
      const eager = trainer.stepEagerly(batch, 1e-3)
      expect(Math.abs(recorded - eager)).toBeLessThan(1e-5)
    }
    trainer.dispose()
  })

  it('goes on from a stored state as if nothing had happened', () => {
    const { batch } = drawRows(WINDOW_ROW, vocabularySize, 4)
    const undisturbed = gptTrainer()
    const losses = Array.from({ length: 8 }, () => undisturbed.step(batch, 1e-3))
    undisturbed.dispose()
    const first = gptTrainer()
    for (let step = 0; step < 4; step++) first.step(batch, 1e-3)
    const state = first.state()
    first.dispose()
    const second = gptTrainer()
    second.writeState(state)
    const rest = Array.from({ length: 4 }, () => second.step(batch, 1e-3))
    second.dispose()
    expect(rest).toEqual(losses.slice(4))
  })

  it('does not count what fills a short window up', () => {
    const trainer = gptTrainer()
    // Nine times <start>, one layer, one to predict: two targets count, whatever <start> would cost.
    const rows = new Int32Array(BATCH * WINDOW_ROW).fill(1)
    for (let i = 0; i < BATCH; i++) rows.set([20, 30], (i + 1) * WINDOW_ROW - 2)
    for (let step = 0; step < 200; step++) trainer.step(rows, 3e-3)
    const counter = createRowCounter(WINDOW_ROW)
    counter.add([...rows.subarray(0, WINDOW_ROW - 1), 1])
    const score = trainer.score(counter.rows())
    trainer.dispose()
    expect(score.loss).toBeGreaterThan(4)
  })

  it('leaves no tensor behind', () => {
    const { counter, batch } = drawRows(WINDOW_ROW, vocabularySize, 5)
    const use = (): void => {
      const trainer = gptTrainer()
      trainer.step(batch, 1e-3)
      trainer.score(counter.rows())
      trainer.state()
      trainer.dispose()
    }
    use()
    const before = { tensors: tf.memory().numTensors, native: nativeBinding.getNumOfTensors() }
    use()
    expect({ tensors: tf.memory().numTensors, native: nativeBinding.getNumOfTensors() }).toEqual(before)
  })
})

describe('training the block classifier', () => {
  it('begins at what was counted, and leaves the table as it is', () => {
    const { counter, batch } = drawRows(BLOCK_ROW, blockNames.length, 7)
    const table = countedPrior(counter)
    const arrays = initialArrays(classifierParameters(paperClassifier), 1)
    const trainer = createTrainer(
      blockObjective(paperClassifier),
      arrays.map((array) => (array.name === PRIOR ? table : array)),
      BATCH,
    )
    const bigram = fitNGram(counter, 2, blockNames.length).score(counter.rows())
    expect(trainer.score(counter.rows()).loss).toBeCloseTo(bigram.loss, 5)
    for (let step = 0; step < 100; step++) trainer.step(batch, 3e-3)
    const learned = trainer.score(counter.rows()).loss
    const kept = trainer.weights().find(({ name }) => name === PRIOR)
    trainer.dispose()
    expect(learned).toBeLessThan(bigram.loss / 2)
    expect(kept?.values).toEqual(table.values)
  })

  it('learns a batch by heart', () => {
    const trainer = createTrainer(
      blockObjective(paperClassifier),
      initialArrays(classifierParameters(paperClassifier), 1),
      BATCH,
    )
    const { counter, batch } = drawRows(BLOCK_ROW, blockNames.length, 6)
    for (let step = 0; step < 100; step++) trainer.step(batch, 3e-3)
    const score = trainer.score(counter.rows())
    trainer.dispose()
    expect(score.loss).toBeLessThan(0.05)
    expect(score.accuracy).toBe(1)
  })
})
