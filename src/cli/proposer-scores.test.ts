// Architectures as they are typed, and what is said of them.
import { describe, expect, it } from 'vitest'
import { RelationalGpt } from '@shared/proposer/relational-gpt'
import { scoreMembers } from '@shared/proposer/scores'
import { createRandom } from '@shared/random'
import { memberOf } from './proposer-scores'
import { openNamedSpace } from './spaces'

const space = openNamedSpace('nas-bench-201')
const TYPED = 'nor_conv_3x3 none skip_connect nor_conv_1x1 none avg_pool_3x3'
const wordsOf = (text: string): string[] => {
  const member = memberOf(space, text, 1)
  return Array.from({ length: space.positions(member) }, (_, position) => space.nameAt(member, position))
}

describe('an architecture as words', () => {
  it('is the member with those words, whatever the seed', () => {
    expect(wordsOf(TYPED)).toEqual(TYPED.split(' '))
    expect(memberOf(space, TYPED, 7)).toEqual(memberOf(space, TYPED, 1))
  })

  it('is refused with the place and the choices', () => {
    expect(() => memberOf(space, 'nor_conv_3x3 none', 1)).toThrow(/has 2 words; an architecture of .* has 6/)
    expect(() => memberOf(space, TYPED.replace('avg_pool_3x3', 'pool_9x9'), 1)).toThrow(
      /"pool_9x9" cannot stand at position 6/,
    )
  })
})

describe('scores', () => {
  it('are shares of random members and positive bits, equal for equal graphs', () => {
    const gpt = RelationalGpt.draw(createRandom(1))
    const members = [TYPED, TYPED, TYPED.replace('nor_conv_3x3', 'none')].map((text) => memberOf(space, text, 1))
    const [first, second, third] = scoreMembers([gpt], space, members, createRandom(1))
    expect(first).toEqual(second)
    expect(first).not.toEqual(third)
    for (const share of Object.values(first?.ranks ?? {})) {
      expect(share).toBeGreaterThanOrEqual(0)
      expect(share).toBeLessThanOrEqual(1)
    }
    expect(first?.bits).toBeGreaterThan(0)
  })
})
