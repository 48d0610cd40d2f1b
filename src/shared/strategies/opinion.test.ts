// One figure of several: none weighs more than another, and what cannot be read is neither good nor bad.
import { describe, expect, it } from 'vitest'
import { createRandom } from '../random'
import { createEdgeSpace } from '../spaces/nas-bench-201/space'
import { opinionOf } from './opinion'
import { gptNasStrategy } from './gpt-nas'
import { simulate } from './testing/simulate'
import type { GraphJudge } from './strategy'
import type { Space } from '../spaces/space'

const cells = createEdgeSpace()
const random = createRandom(1)
const pool = Array.from({ length: 300 }, () => ({ graph: cells.features?.(cells.random(random)).graph }))
/** The number of operations, and of those that the output reads in other units. */
const judge: GraphJudge = { judge: (graphs) => graphs.map(({ nodes, output }) => [nodes.length, 1000 * output.length]) }

describe('an opinion', () => {
  it('is in deviations over the pool, whatever the units of its figures', () => {
    const values = opinionOf(pool, judge).of(pool)
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    expect(mean).toBeCloseTo(0, 1)
    expect(Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)).toBeCloseTo(1, 1)
    const rescaled: GraphJudge = { judge: (graphs) => judge.judge(graphs).map(([a = 0, b = 0]) => [50 * a, b - 7]) }
    opinionOf(pool, rescaled)
      .of(pool)
      .forEach((value, i) => expect(value).toBeCloseTo(values[i]!, 4))
  })

  it('is nothing of what it cannot read, in its place', () => {
    const { of } = opinionOf(pool, judge)
    const [first, unread, second] = of([pool[0]!, { graph: undefined }, pool[1]!])
    expect(unread).toBe(0)
    expect([first, second]).toEqual(of(pool.slice(0, 2)))
  })
})

describe('the first generation of gpt-nas', () => {
  const operatorsOf = async (populationSize: number, own = {}): Promise<string[]> => {
    const options = { space: cells as unknown as Space, fitness: () => 0, populationSize, generations: 1, judge, own }
    const { proposals } = await simulate(gptNasStrategy, options)
    return proposals.flat().map(({ origin }) => origin.operator)
  }

  it('has one random architecture for two picks where it is larger than what the GPT is to pick', async () => {
    const operators = await operatorsOf(30)
    expect(operators.filter((operator) => operator === 'proposed')).toHaveLength(20)
    expect(operators.filter((operator) => operator === 'random')).toHaveLength(10)
    const then = { firstPicks: 4, randomAfter: 2, prior: false }
    expect(await operatorsOf(30, then)).toEqual(operators)
    expect(await operatorsOf(2)).toEqual(['proposed', 'proposed'])
  })
})
