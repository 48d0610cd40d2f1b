// What a card says first: what its model is good and bad at, and which figures stand together.
import { describe, expect, it } from 'vitest'
import { groupOf, judgedOf } from './metric'

describe('a model', () => {
  it('is good at what it does better than something simpler, and bad at the rest', () => {
    const judged = judgedOf({
      heldOutRank: 0.89,
      classLoss: 1,
      fiveGramLoss: 0.9,
      gapLossShown: 1,
      uniformGapLoss: 1.1,
    })
    expect(judged.filter(({ isGood }) => isGood).map(({ key }) => key)).toEqual(['rank', 'gapShown'])
    expect(judged.filter(({ isGood }) => !isGood).map(({ key }) => key)).toEqual(['next'])
  })

  it('is neither where nothing was measured beside it', () => {
    expect(judgedOf({ perplexity: 1.9 })).toEqual([])
    expect(judgedOf({ loss10: 0.5 })).toEqual([])
  })
})

it.each([
  ['parameters', 'model'],
  ['heldOutRank', 'ranking'],
  ['processLoss25', 'ranking'],
  ['gapLossShown', 'gap'],
  ['uniformGapLoss', 'gap'],
  ['fiveGramLoss', 'next'],
  ['leastBitsPerCell', 'next'],
  ['classifierAccuracyZoo', 'classifier'],
  ['novelShare', 'samples'],
  ['somethingNew', 'other'],
])('%s stands among the figures of "%s"', (id, group) => expect(groupOf(id)).toBe(group))
