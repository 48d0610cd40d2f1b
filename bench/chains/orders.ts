// How a judge of chains orders what was trained under other conditions than what taught it, beside costs alone and a judge of shuffled labels:
// chains of data that are not in the corpus, and longer trainings of chains.
import { kendallInterval, type TauInterval } from '../../src/shared/rank-correlation'
import type { TrainedChain } from '../../src/shared/proposer/corpus/trained-chains'
import type { BlockChainSpace } from '../../src/shared/spaces/block-chain/space'
import { judgeScores, readChains, type ReadChain, type Scores } from './predictors'

export interface Ordering extends TauInterval {
  readonly name: string
  readonly chains: number
}

/** @param teaching what the judge learns from; none of `asked` may be in it */
export function orderings(
  space: BlockChainSpace,
  teaching: readonly TrainedChain[],
  asked: readonly TrainedChain[],
): Ordering[] {
  const [taught, at] = [readChains(space, teaching), readChains(space, asked)]
  const scores: Readonly<Record<string, Scores>> = {
    judge: judgeScores(space, taught, [], at),
    'control: judge, shuffled labels': judgeScores(space, taught, [], at, { shuffleLabels: true }),
    parameters: at.map(({ chain }: ReadChain) => chain.parameters),
    'multiply-accumulates': at.map(({ chain }) => chain.macs),
  }
  const accuracies = at.map(({ chain }) => chain.accuracy)
  return Object.entries(scores).map(([name, values]) => ({
    ...{ name, chains: at.length },
    ...kendallInterval(values, accuracies),
  }))
}

export const orderingText = ({ name, chains, tau, low, high }: Ordering): string =>
  `${name.padEnd(34)} tau ${tau.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}] of ${chains} chains`
