// What a judge of chains is worth before it has seen any result where it is asked: how it orders chains that were held out of its corpus, on
// the same data set and on one that it has not seen, beside parameters alone.
import { createRandom } from '../../random'
import { kendallTau } from '../../rank-correlation'
import type { Genotype, Space } from '../../spaces/space'
import { rankCorrelation } from '../../surrogate/rank-correlation'
import type { TrainedChain } from '../corpus/trained-chains'
import { figureReader } from './figures'
import { LEAST_CHAINS, trainChains } from './model'
import { predict } from './process'

/** Random halves of which one teaches and the other is ordered. */
const SPLITS = 10
/** Where no data set was held out: what is known of it is from the same one, so less is claimed. */
const SAME_DATA_SET = 0.5

type Row = Pick<TrainedChain, 'dataset' | 'accuracy' | 'genotype' | 'parameters'>

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

function scoresOf(space: Space, known: readonly Row[], asked: readonly Row[]): readonly number[] {
  const { titles, counted, rows, processes } = trainChains(space, known, { seed: 0, shuffleLabels: false })
  const read = figureReader(space, titles)
  return asked.map(({ genotype }) =>
    read === undefined ? 0 : predict(processes, rows, counted, read(genotype as Genotype)),
  )
}

/** Mean over data sets, by their sizes, of Kendall's tau of the scores with what was measured there. */
function tauWithin(rows: readonly Row[], scores: readonly number[]): number {
  const taus = [...new Set(rows.map(({ dataset }) => dataset))].map((name) => {
    const own = rows.flatMap(({ dataset }, i) => (dataset === name ? [i] : []))
    const tau = kendallTau(
      own.map((i) => scores[i] ?? 0),
      own.map((i) => rows[i]?.accuracy ?? 0),
    )
    return tau * own.length
  })
  return taus.reduce((sum, value) => sum + value, 0) / rows.length
}

/**
 * @param space that the chains were drawn from
 * @returns `halves` and `others`: Kendall's tau, held-out halves and data sets not seen, each beside parameters; `trust`: Spearman's
 */
export function chainFigures(space: Space, chains: readonly Row[], seed: number): Record<string, number> {
  const halves = Array.from({ length: SPLITS }, (_, split) => {
    const order = createRandom(seed).fork(`split-${split}`).shuffle(chains)
    const [known, asked] = [order.slice(0, order.length / 2), order.slice(order.length / 2)]
    const parameters = asked.map((row) => row.parameters)
    return [tauWithin(asked, scoresOf(space, known, asked)), tauWithin(asked, parameters)] as const
  })
  const figures = {
    chains: chains.length,
    tauHalves: mean(halves.map(([judged]) => judged)),
    tauHalvesParameters: mean(halves.map(([, parameters]) => parameters)),
  }
  const datasets = [...new Set(chains.map(({ dataset }) => dataset))].filter(
    (name) => chains.filter(({ dataset }) => dataset === name).length >= LEAST_CHAINS,
  )
  if (datasets.length < 2) return { ...figures, trust: SAME_DATA_SET }
  const others = datasets.map((name) => {
    const asked = chains.filter(({ dataset }) => dataset === name)
    const known = chains.filter(({ dataset }) => dataset !== name && datasets.includes(dataset))
    const scores = scoresOf(space, known, asked)
    const accuracies = asked.map(({ accuracy }) => accuracy)
    return { name, tau: kendallTau(scores, accuracies), spearman: rankCorrelation(scores, accuracies) ?? 0 }
  })
  return {
    ...figures,
    ...Object.fromEntries(others.map(({ name, tau }): [string, number] => [`tauUnseen ${name}`, tau])),
    trust: mean(others.map(({ spearman }) => spearman)),
  }
}
