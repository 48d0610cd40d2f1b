// Which networks train with their ops whole: by the work of a mean layer in one step, at both ends and in between.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ZOO_NAMES, zooNetwork } from '@shared/architecture/zoo'
import { threadUseFor } from './threads'

const resnet = zooNetwork('resnet18', { input: [32, 32, 3], classes: 10 }).graph

describe('the threads of a training that runs alone', () => {
  it('run over several ops where the ops are small, and within them where they are large', () => {
    const small = zooNetwork('resnet18', { input: [8, 8, 3], classes: 10 }).graph
    expect(threadUseFor(small, 1)).toBe('across-ops')
    expect(threadUseFor(resnet, 128)).toBe('within-ops')
  })

  it('change over once, at most, as the batch grows', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ZOO_NAMES), fc.integer({ min: 1, max: 512 }), (name, batch) => {
        const graph = zooNetwork(name, { input: [32, 32, 3], classes: 10 }).graph
        if (threadUseFor(graph, batch) === 'within-ops') expect(threadUseFor(graph, batch + 1)).toBe('within-ops')
      }),
      { numRuns: 50 },
    )
  })
})
