// Every strategy of the registry against the conformance suite, on the toy landscape.
import { describe, expect, it } from 'vitest'
import { STRATEGY_NAMES } from '../search/run'
import { STRATEGIES, strategyByName } from './registry'
import { describeStrategy } from './testing/conformance'
import { createToySpace, toyFitness } from './testing/toy-space'

for (const strategy of STRATEGIES)
  describeStrategy(strategy, { name: 'the toy landscape', space: createToySpace(), fitness: toyFitness })

describe('the registry', () => {
  it('holds every strategy that a run may name', () => {
    expect(STRATEGY_NAMES.map((name) => strategyByName(name).name)).toEqual([...STRATEGY_NAMES])
    expect(() => strategyByName('gradient')).toThrow(/no strategy named "gradient"/)
  })
})
