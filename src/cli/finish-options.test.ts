// The options of a final training: one set of words and defaults wherever a winner is trained on.
import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { finalWishSchema } from '@shared/search/final-training'
import { finishWish, finishWords, refuseWithoutFinish, withFinishOptions, type TypedFinish } from './finish-options'

const typed = (...words: string[]): TypedFinish =>
  withFinishOptions(new Command()).parse(words, { from: 'user' }).opts<TypedFinish>()

describe('how a winner is trained on', () => {
  it('is as the window has it where nothing is typed', () => {
    expect(finishWish(typed())).toEqual(finalWishSchema.parse({}))
  })

  it('is what was typed, and is typed again the same', () => {
    const words = ['--schedule', 'long', '--epochs', '3', '--start', 'weights']
    words.push('--winner', 'measured', '--all-images', '--peer')
    expect(finishWish(typed(...words))).toEqual({
      ...{ schedule: 'long', epochs: 3, start: 'weights', images: 'all', winner: 'measured' },
    })
    expect(finishWords(typed(...words))).toEqual(words)
  })

  it('refuses epochs that are none', () => {
    expect(() => finishWish(typed('--epochs', 'many'))).toThrow('--epochs')
  })

  it('is refused of a search that only searches: it could be meant for that', () => {
    expect(() => refuseWithoutFinish(typed('--epochs', '3'), false)).toThrow('--epochs says how the winner')
    expect(() => refuseWithoutFinish(typed('--epochs', '3'), true)).not.toThrow()
    expect(() => refuseWithoutFinish(typed(), false)).not.toThrow()
  })
})
