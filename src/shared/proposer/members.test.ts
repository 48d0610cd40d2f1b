// Members of a space as the GPT writes them: always inside it, a function of the seed, and drawn to what it finds likely.
import { describe, expect, it } from 'vitest'
import { createRandom } from '../random'
import type { EdgeGenotype } from '../spaces/nas-bench-201/genotype'
import { createEdgeSpace } from '../spaces/nas-bench-201/space'
import { createCellSpace } from '../spaces/nas-bench-101/space'
import type { Space } from '../spaces/space'
import { createToySpace } from '../strategies/testing/toy-space'
import { sampleMember, type MemberOptions } from './members'
import { RelationalGpt } from './relational-gpt'

const gpt = RelationalGpt.draw(createRandom(1))
const options = (seed: number, temperature = 1): MemberOptions => ({
  quality: 4,
  temperature,
  rounds: 1,
  random: createRandom(seed),
})

describe('members of a space', () => {
  it.each([
    ['nas-bench-201', createEdgeSpace() as unknown as Space],
    ['nas-bench-101', createCellSpace() as unknown as Space],
  ])('are inside %s, and a function of the seed', (_, space) => {
    for (let seed = 0; seed < 12; seed++) {
      const member = sampleMember(gpt, space, options(seed))
      expect(space.problems(member)).toEqual([])
      expect(sampleMember(gpt, space, options(seed))).toEqual(member)
    }
  })

  it('are the likeliest ones where it is cold', () => {
    const louder = RelationalGpt.draw(createRandom(2))
    // Convolutions of side 1 become by far the likeliest class.
    louder.parameters.get('class.bias').data[0] = 40
    const space = createEdgeSpace()
    for (let seed = 0; seed < 5; seed++) {
      const member = sampleMember(louder, space as unknown as Space, options(seed, 0.01)) as unknown as EdgeGenotype
      // An edge that leads nowhere may say anything.
      const kernels = space.features?.(member).graph?.nodes.map(({ operation }) => operation.kernel)
      expect(kernels?.every((kernel) => kernel === 1)).toBe(true)
    }
  })

  it('are refused where a space has no graphs', () => {
    expect(() => sampleMember(gpt, createToySpace() as unknown as Space, options(1))).toThrow(/is read as none/)
  })
})
