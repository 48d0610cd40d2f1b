import { expect, it } from 'vitest'
import { endedText } from './process-end'

it('calls no sudden end a clean one', () => {
  expect([endedText(null), endedText(0), endedText(134)]).toEqual([
    'was ended from outside, or ended without a word',
    'was ended from outside, or ended without a word',
    'ended with code 134',
  ])
})
