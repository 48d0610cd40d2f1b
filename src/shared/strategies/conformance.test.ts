// Every strategy of the registry against the conformance suite, on the toy landscape.
import { describe, expect, it } from 'vitest'
import { createRandom } from '../random'
import { STRATEGIES, strategyByName } from './registry'
import { describeStrategy } from './testing/conformance'
import type { OperationGraph } from '../language/graphs/operation-graph'
import type { EdgeGenotype } from '../spaces/nas-bench-201/genotype'
import { createEdgeSpace } from '../spaces/nas-bench-201/space'
import type { Space } from '../spaces/space'
import { InContextLearner } from '../surrogate/in-context/learner'
import { createToySpace, toyFitness } from './testing/toy-space'

for (const strategy of STRATEGIES)
  describeStrategy(strategy, { name: 'the toy landscape', space: createToySpace(), fitness: toyFitness })

// One that asks a judge and a learner must keep all of that with them; this judge only wants as much as it can get, this learner knows
// nothing.
const edges = createEdgeSpace()
const eager = {
  judge: (graphs: readonly OperationGraph[]) => graphs.map(({ nodes }) => [nodes.length, nodes.length % 3]),
}
for (const strategy of STRATEGIES.filter(({ usesJudge }) => usesJudge === true))
  describeStrategy(strategy, {
    name: 'cells, with a judge and a learner',
    space: edges as unknown as Space,
    fitness: (genotype) => (genotype as EdgeGenotype).operations.filter((each) => each === 'nor_conv_3x3').length,
    judge: eager,
    learner: InContextLearner.draw(createRandom(1), { width: 8, blocks: 1, heads: 2, inner: 8, pairInner: 4 }),
  })

describe('the registry', () => {
  it('finds every strategy by its name, and each name is one strategy’s', () => {
    for (const strategy of STRATEGIES) expect(strategyByName(strategy.name)).toBe(strategy)
    expect(new Set(STRATEGIES.map(({ name }) => name)).size).toBe(STRATEGIES.length)
    expect(() => strategyByName('gradient')).toThrow(/no strategy named "gradient"/)
  })
})
