// A training is a function of its seed and its cells, to the last bit: what a card says of a checkpoint can be made again.
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { rankedCells } from '@shared/proposer/corpus/measured-cells'
import { randomGraph } from '@shared/proposer/corpus/random-graphs'
import { trainGpt, type GptTraining } from '@shared/proposer/training'
import { createRandom } from '@shared/random'

const random = createRandom(1)
const cells = rankedCells(Array.from({ length: 60 }, () => ({ graph: randomGraph(random), accuracy: random.next() })))

function weightsOf(change: Partial<GptTraining>): string {
  const { gpt } = trainGpt(cells, { seed: 1, member: 0, steps: 3, shuffleLabels: false, ...change })
  return createHash('sha256').update(gpt.parameters.write()).digest('hex').slice(0, 16)
}

describe('a training', () => {
  it('gives the same weights again, and others for another seed, member or labels', () => {
    const [first, ...others] = [{}, { seed: 2 }, { member: 1 }, { shuffleLabels: true }].map(weightsOf)
    expect(weightsOf({})).toBe(first)
    expect(new Set([first, ...others]).size).toBe(4)
  })

  it('gives what it gave when the shipped checkpoint was made', () => {
    expect(weightsOf({})).toBe('17f340b7e3b372de')
  })

  it('never trains on what it holds out', () => {
    const { trainedOn, heldOut } = trainGpt(cells, { seed: 1, member: 0, steps: 1, shuffleLabels: false })
    expect(trainedOn.length + heldOut.length).toBe(cells.length)
    expect(heldOut.length).toBeGreaterThan(0)
    for (const cell of heldOut) expect(trainedOn).not.toContain(cell)
  })
})
