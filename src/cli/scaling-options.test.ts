// What is typed of the pixels of an import: a name, or numbers; halves and words are refused.
import { describe, expect, it } from 'vitest'
import { NAMED_SCALINGS } from '@shared/exchange/imported/scaling'
import { scalingWish } from './scaling-options'

describe('a scaling that is typed', () => {
  it('is nothing where nothing is typed, and the numbers of a name', () => {
    expect(scalingWish({})).toBeNull()
    expect(scalingWish({ scaling: 'imagenet' })).toEqual(NAMED_SCALINGS.imagenet)
  })

  it('is one number, or one a channel', () => {
    expect(scalingWish({ mean: '0.5', deviation: ' 0.25, 0.5 ,1' })).toEqual({ mean: [0.5], deviation: [0.25, 0.5, 1] })
    expect(scalingWish({ mean: '-1,0', deviation: '1e-2' })).toEqual({ mean: [-1, 0], deviation: [0.01] })
  })

  it.each([
    [{ mean: '0.5' }, /--deviation is missing/],
    [{ deviation: '0.5' }, /--mean is missing/],
    [{ scaling: 'unit' as const, mean: '0', deviation: '1' }, /stands beside/],
    [{ mean: '0.5,', deviation: '1' }, /--mean takes numbers/],
    [{ mean: 'half', deviation: '1' }, /--mean takes numbers/],
    [{ mean: 'Infinity', deviation: '1' }, /--mean takes numbers/],
    [{ mean: '0', deviation: '0' }, /numbers above 0/],
    [{ mean: '0', deviation: '-1' }, /numbers above 0/],
    [{ mean: '0', deviation: Array(1001).fill('1').join() }, /at most 1000/],
  ])('%j is refused', (typed, message) => {
    expect(() => scalingWish(typed)).toThrow(message)
  })
})
