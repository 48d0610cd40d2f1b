// What the judge of chains is: rows of figures of trained chains, and processes that have learned what those came to. Made of a corpus by
// `trainChains`, kept as one run of float32 numbers by checkpoint.ts.
import { AppError } from '../../errors'
import { createRandom } from '../../random'
import type { Genotype, Space } from '../../spaces/space'
import { rankQuantiles } from '../../surrogate/rank-quantiles'
import type { TrainedChain } from '../corpus/trained-chains'
import { figureReader } from './figures'
import { fitProcess, type ProcessModel } from './process'

export interface ChainModel {
  /** Of the figures that it reads, the first `counted` of them counts of blocks. */
  readonly titles: readonly string[]
  readonly counted: number
  readonly rows: readonly Float64Array[]
  readonly processes: readonly ProcessModel[]
}

/** Fewer are no corpus: a fifth of them held out could show nothing. As of fine-tuning. */
export const LEAST_CHAINS = 20
const COUNTS = /: (how many|any)$/

/** What two data sets say of chains is held together as ranks within each. @returns in the order of `chains` */
export function rankTargets(chains: readonly Pick<TrainedChain, 'dataset' | 'accuracy'>[]): number[] {
  const targets = new Array<number>(chains.length).fill(0)
  for (const name of new Set(chains.map(({ dataset }) => dataset))) {
    const own = chains.flatMap(({ dataset }, i) => (dataset === name ? [i] : []))
    const quantiles = rankQuantiles(own.map((i) => chains[i]?.accuracy ?? 0))
    own.forEach((i, at) => (targets[i] = quantiles[at] ?? 0))
  }
  return targets
}

/**
 * @param space that the chains were drawn from
 * @param chains of it, each once
 * @param shuffleLabels the control: what was measured is dealt out anew within each data set
 * @throws AppError `invalid-input` for too few, or a space that tells no figures
 */
export function trainChains(
  space: Space,
  chains: readonly Pick<TrainedChain, 'dataset' | 'accuracy' | 'genotype'>[],
  { seed, shuffleLabels }: { readonly seed: number; readonly shuffleLabels: boolean },
): ChainModel {
  if (chains.length < LEAST_CHAINS)
    throw new AppError(
      'invalid-input',
      `The corpus holds ${chains.length} chains; learning from it takes at least ${LEAST_CHAINS}.`,
      'Train more of them with "proposer corpus".',
    )
  const all = space.figureTitles ?? []
  const counts = all.filter((title) => COUNTS.test(title))
  const titles = [...counts, ...all.filter((title) => !COUNTS.test(title))]
  const read = figureReader(space, titles)
  if (read === undefined) throw new AppError('invalid-input', `The space ${space.name} tells no figures of its chains.`)
  const rows = chains.map(({ genotype }) => read(genotype as Genotype))
  const measured = rankTargets(chains)
  const targets = shuffleLabels ? createRandom(seed).fork('labels').shuffle(measured) : measured
  return { titles, counted: counts.length, rows, processes: fitProcess(rows, counts.length, targets) }
}
