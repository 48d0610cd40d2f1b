// Who judges block chains in a search that is measured: never a judge that has seen what the landscape was fitted to; and its controls.
import { createRandom } from '../../src/shared/random'
import { chainJudge } from '../../src/shared/proposer/chains/judge'
import { trainChains } from '../../src/shared/proposer/chains/model'
import type { ChainJudge } from '../../src/shared/strategies/strategy'
import type { BlockChainSpace, ChainGenotype } from '../../src/shared/spaces/block-chain/space'
import type { Space } from '../../src/shared/spaces/space'
import { corpusSpace } from '../chains/predictors'
import { unseenBy } from './fitted-landscape'

/** As the shipped one is trusted (resources/proposer/chains-1). */
const TRUST = 0.6
const REFERENCE = 300

/** Thinks least of what the other thinks most of, as sure of itself. */
export const negatedChains = (judge: ChainJudge): ChainJudge => ({
  ...judge,
  of(space) {
    const expects = judge.of(space)
    return expects && ((genotype) => -expects(genotype))
  },
})

/** Parameters alone, as deviations among random members: what trained chains add to it is the rest. */
const costs: ChainJudge = {
  name: 'parameters',
  trust: TRUST,
  of(space) {
    const { walk } = space as unknown as BlockChainSpace
    const of = (genotype: unknown): number => Math.log(walk(genotype as ChainGenotype).weights)
    const random = createRandom(0).fork('costs')
    const values = Array.from({ length: REFERENCE }, () => of(space.random(random)))
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
    return (genotype) => (of(genotype) - mean) / deviation
  },
}

const made = new Map<string, ChainJudge>()

/** @param table name of a landscape over block chains */
export function chainJudges(table: string) {
  const chains = unseenBy(table)
  const name = [...new Set(chains.map(({ dataset }) => dataset))].join()
  const train = (seed: number | null): ChainJudge => {
    const key = `${name}:${seed}`
    const known = made.get(key)
    if (known !== undefined) return known
    const space = corpusSpace() as unknown as Space
    const model = trainChains(space, chains, { seed: seed ?? 0, shuffleLabels: seed !== null })
    const judge = chainJudge(seed === null ? name : `${name}, shuffled`, model, TRUST)
    made.set(key, judge)
    return judge
  }
  // Shuffled anew for each landscape: one deal may be a lucky one.
  return { judge: train(null), shuffled: train(Number(/\d+$/.exec(table)?.[0] ?? 0)), costs }
}
