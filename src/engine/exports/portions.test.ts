// A test split in portions: every image once and in order, the random inputs once.
import { describe, expect, it } from 'vitest'
import { joined, portionsOf } from './portions'

const data = { images: '', labels: '', count: 7, shape: [2, 2, 3] as [number, number, number], classes: 2 }
const inputs = {
  data: { ...data, mean: [], deviation: [] },
  indices: [6, 0, 5, 1, 4, 2, 3],
  random: { count: 4, seed: 1 },
}

describe('the images of a proof', () => {
  it.each([
    [7, 1000, [7]],
    [7, 36, [3, 3, 1]],
    [7, 1, [1, 1, 1, 1, 1, 1, 1]],
  ])('%i are asked for in portions of %i bytes', (_, bytes, counts) => {
    const portions = portionsOf(inputs, bytes)
    expect(portions.map(({ indices }) => indices.length)).toEqual(counts)
    expect(portions.flatMap(({ indices }) => indices)).toEqual(inputs.indices)
    expect(portions.map(({ random }) => random.count)).toEqual(counts.map((__, i) => (i === 0 ? 4 : 0)))
  })

  it('are one answer again, in their order', () => {
    const answer = (value: number) => ({ logits: [[value]], labels: [value], randomLogits: [], runtime: `r${value}` })
    expect(joined([1, 2].map(answer))).toEqual({ logits: [[1], [2]], labels: [1, 2], randomLogits: [], runtime: 'r1' })
    const whole = joined([3, 4].map((value) => ({ ...answer(value), probabilities: [[value / 2]] })))
    expect(whole.probabilities).toEqual([[1.5], [2]])
  })
})
