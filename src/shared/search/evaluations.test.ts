// What counts as an evaluation, and when a search has nothing left to evaluate.
import { describe, expect, it } from 'vitest'
import { createToySpace } from '../strategies/testing/toy-space'
import { Evaluations, isUsedUp, MOST_REPEATS } from './evaluations'

describe('evaluations', () => {
  it('are distinct; repeats are counted apart and take none of the budget', () => {
    const evaluations = new Evaluations(3)
    expect(['a', 'b', 'a', 'b', 'a'].map((key) => evaluations.add(key))).toEqual([true, true, false, false, false])
    expect(evaluations).toMatchObject({ distinct: 2, repeats: 3, end: null })
    evaluations.add('c')
    expect(evaluations).toMatchObject({ distinct: 3, repeats: 3, end: 'evaluations' })
  })

  it('have room for the proposals up to the last new one, repeats among them included', () => {
    const evaluations = new Evaluations(3)
    evaluations.add('a')
    expect(evaluations.roomFor(['a', 'b', 'b', 'c', 'a', 'd'])).toBe(4)
    expect(evaluations.roomFor(['a', 'b', 'b'])).toBe(3)
    // Asking changes nothing.
    expect(evaluations).toMatchObject({ distinct: 1, repeats: 0 })
  })

  it('end after so many repeats in a row, and only in a row', () => {
    const evaluations = new Evaluations(10)
    evaluations.add('a')
    for (let i = 1; i < MOST_REPEATS; i++) evaluations.add('a')
    expect(evaluations.end).toBeNull()
    evaluations.add('b')
    for (let i = 1; i < MOST_REPEATS; i++) evaluations.add('b')
    expect(evaluations.end).toBeNull()
    evaluations.add('a')
    expect(evaluations.end).toBe('repeats')
  })
})

describe('a space', () => {
  it('is used up when each of its architectures was tried', () => {
    const space = createToySpace(2, 1)
    expect(isUsedUp(space, new Set(['0']))).toBe(false)
    expect(isUsedUp(space, new Set(['0', '1']))).toBe(true)
  })

  it('that lists its architectures is asked for one that is missing: equal ones are one, however many genotypes say it', () => {
    const toy = createToySpace(2, 1)
    let listed = 0
    const space = {
      ...toy,
      size: () => ({ count: 3, exact: true }),
      *all() {
        for (const digits of [[0], [1], [1]]) {
          listed++
          yield { space: 'toy' as const, digits }
        }
      },
    }
    expect(isUsedUp(space, new Set(['0', '1', 'outside']))).toBe(true)
    listed = 0
    expect(isUsedUp(space, new Set(['1']))).toBe(false)
    expect(listed).toBe(1)
  })
})
