// Which networks train with their ops whole: by the work of a mean layer in one step, at both ends and in between.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { costOf } from '@shared/architecture/cost'
import { ZOO_NAMES, zooNetwork } from '@shared/architecture/zoo'
import { threadUseFor } from './threads'

const costAt = (name: string, size: number) => costOf(zooNetwork(name, { input: [size, size, 3], classes: 10 }).graph)

describe('the threads of a training that runs alone', () => {
  it('run over several ops where the ops are small, and within them where they are large', () => {
    expect(threadUseFor(costAt('resnet18', 8), 1)).toBe('across-ops')
    expect(threadUseFor(costAt('resnet18', 32), 128)).toBe('within-ops')
  })

  it('change over once, at most, as the batch grows', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ZOO_NAMES), fc.integer({ min: 1, max: 512 }), (name, batch) => {
        const cost = costAt(name, 32)
        if (threadUseFor(cost, batch) === 'within-ops') expect(threadUseFor(cost, batch + 1)).toBe('within-ops')
      }),
      { numRuns: 50 },
    )
  })
})
