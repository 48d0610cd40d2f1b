// Every strategy on the real space of block chains, with a landscape that needs no training.
import { BUILT_IN_BLOCKS } from '../architecture/blocks'
import { chainSpaceSchema } from '../spaces/block-chain/schema'
import { createBlockChainSpace, type ChainGenotype } from '../spaces/block-chain/space'
import type { Genotype } from '../spaces/space'
import { STRATEGIES } from './registry'
import { describeStrategy } from './testing/conformance'

const space = createBlockChainSpace({
  definition: chainSpaceSchema.parse({}),
  inputShape: [32, 32, 3],
  classes: 10,
  library: BUILT_IN_BLOCKS,
})

/** Prefers residual blocks and three halvings: a stand-in with the right shape, not a claim about accuracy. */
function fitness(genotype: Genotype): number {
  const { blocks } = genotype as ChainGenotype
  const residual = blocks.filter(({ block }) => block.startsWith('res')).length / blocks.length
  return residual - Math.abs(blocks.filter(({ stride }) => stride === 2).length - 3) / 10
}

for (const strategy of STRATEGIES) describeStrategy(strategy, { name: 'block chains', space, fitness })

// With a judge that wants what is good here; its trust is as of the shipped one.
// Short ones: each of its searches begins with hundreds that are bred.
const short = createBlockChainSpace({
  definition: chainSpaceSchema.parse({ minBlocks: 3, maxBlocks: 5 }),
  inputShape: [32, 32, 3],
  classes: 10,
  library: BUILT_IN_BLOCKS,
})
const chains = { name: 'knowing', trust: 0.6, of: () => fitness }
for (const strategy of STRATEGIES.filter(({ usesJudge }) => usesJudge === true))
  describeStrategy(strategy, { name: 'short block chains, with a judge of chains', space: short, fitness, chains })
