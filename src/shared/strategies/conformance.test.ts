// Every strategy of the registry against the conformance suite, on the toy landscape.
import { describe, expect, it } from 'vitest'
import { STRATEGIES, strategyByName } from './registry'
import { describeStrategy } from './testing/conformance'
import { createToySpace, toyFitness } from './testing/toy-space'

for (const strategy of STRATEGIES)
  describeStrategy(strategy, { name: 'the toy landscape', space: createToySpace(), fitness: toyFitness })

describe('the registry', () => {
  it('finds every strategy by its name, and each name is one strategy’s', () => {
    for (const strategy of STRATEGIES) expect(strategyByName(strategy.name)).toBe(strategy)
    expect(new Set(STRATEGIES.map(({ name }) => name)).size).toBe(STRATEGIES.length)
    expect(() => strategyByName('gradient')).toThrow(/no strategy named "gradient"/)
  })
})
