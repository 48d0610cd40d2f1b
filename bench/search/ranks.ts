// How well a surrogate orders what it has not seen: Kendall's tau with the fitness of held-out architectures of NAS-Bench-201's
// CIFAR-10 table, after so many random ones (Dudziak et al. 2020 and later predictors report it so). Of the Gaussian process, of the
// in-context learner, of the mean of both, and of both where the process expects beforehand what the GPT thinks; the same draws for all,
// each kept once it is measured.
import { resolve } from 'node:path'
import { judgeIn, learnerIn, shippedInContext, shippedWorkbench } from '../../src/node/small-checkpoints'
import { kendallTau } from '../../src/shared/rank-correlation'
import { createRandom } from '../../src/shared/random'
import { figures } from '../../src/shared/search/comparison/compare'
import { bootstrapMean } from '../../src/shared/search/comparison/statistics'
import { opinionOf } from '../../src/shared/strategies/opinion'
import { Believed } from '../../src/shared/surrogate/believed'
import { featuresOf } from '../../src/shared/surrogate/features-of'
import { GaussianProcess } from '../../src/shared/surrogate/gaussian-process'
import { InContextAdviser } from '../../src/shared/surrogate/in-context/adviser'
import { PointMaker } from '../../src/shared/surrogate/points'
import { keptFigures } from '../accuracy/kept'
import { atLeast, checkout, type Check, type Measured } from '../harness'
import { tableSpace } from './tables'

/** Samples that published predictors are compared at, and what all together are asked to reach. */
const ASKED_FOR: readonly (readonly [samples: number, tau: number])[] = [
  [39, 0.75],
  [78, 0.8],
  [156, 0.845],
  [469, 0.88],
]
/** Architectures that say how far apart any two are, as in a search. */
const REFERENCE = 1600
/** Held-out architectures that are ordered: their tau is right to about a hundredth. */
const HELD_OUT = 1000
/** Questions that the learner is asked at once. */
const AT_ONCE = 250
const ROWS = ['process', 'learner', 'both', 'with the GPT'] as const
type Taus = Readonly<Record<(typeof ROWS)[number], number>>

export interface RankOptions {
  readonly draws: number
  readonly quick: boolean
  /** Null keeps nothing. */
  readonly keep: string | null
  readonly note: (line: string) => void
}

export async function measureRanks({ draws, quick, keep, note }: RankOptions): Promise<Measured> {
  const learner = learnerIn(shippedInContext(`${checkout}/resources`))
  if (learner === undefined) throw new Error('resources/proposer/in-context-1 is missing')
  const judge = judgeIn(shippedWorkbench(`${checkout}/resources`))
  if (judge === undefined) throw new Error('resources/proposer/workbench-1 is missing')
  const space = tableSpace('c10')
  const all = [...(space.all?.() ?? [])]
  const features = featuresOf(space)
  const fitness = (index: number): number => space.table?.row(all[index]!)?.fitness ?? NaN

  function tausOf(samples: number, draw: number): Taus {
    const order = createRandom(draw)
      .fork(`ranks-${samples}`)
      .shuffle(all.map((_, i) => i))
    const maker = new PointMaker(order.slice(-REFERENCE).map((index) => features(all[index]!)))
    const pointOf = (index: number) => maker.point(features(all[index]!))
    const process = new GaussianProcess()
    for (const index of order.slice(0, samples)) process.add(pointOf(index), fitness(index))
    process.fit()
    const adviser = new InContextAdviser(learner!, order.slice(-REFERENCE).map(pointOf))
    const held = order.slice(samples, samples + HELD_OUT)
    const asked = held.map((index) => {
      const point = pointOf(index)
      return { distances: process.distances(point), coordinates: adviser.locate(point) }
    })
    const meansOf = (opinions?: readonly number[]): number[] =>
      asked.map(({ distances }, i) =>
        process
          .predictions({ ...distances, ...(opinions && { opinion: opinions[i] ?? 0 }) })
          .reduce((sum, { weight, mean }) => sum + weight * mean, 0),
      )
    const byProcess = meansOf()
    const byLearner: number[] = []
    for (let start = 0; start < asked.length; start += AT_ONCE)
      byLearner.push(...adviser.predictions(process, asked.slice(start, start + AT_ONCE)).map(({ mean }) => mean))
    const opinion = opinionOf(
      order.slice(-REFERENCE).map((index) => features(all[index]!)),
      judge!,
    )
    const believed = new Believed(opinion)
    const known = order.slice(0, samples).map((index) => believed.of(features(all[index]!)))
    process.fit({ beliefs: believed.beliefs(known) })
    const believing = meansOf(held.map((index) => believed.of(features(all[index]!))))
    const truth = held.map(fitness)
    const withLearner = (means: readonly number[]): number =>
      kendallTau(
        means.map((mean, i) => mean + byLearner[i]!),
        truth,
      )
    return {
      process: kendallTau(byProcess, truth),
      learner: kendallTau(byLearner, truth),
      both: withLearner(byProcess),
      'with the GPT': withLearner(believing),
    }
  }

  const kept = keptFigures<Taus>(keep === null ? null : resolve(keep))
  const rows: unknown[] = []
  const checks: Check[] = []
  for (const [samples, wanted] of quick ? ASKED_FOR.slice(0, 2) : ASKED_FOR) {
    const taus: Taus[] = []
    for (let draw = 0; draw < draws; draw++) {
      const file = `ranks-${samples}-${draw}`
      const decisive = { samples, draw, heldOut: HELD_OUT, reference: REFERENCE }
      const before = await kept.find(file, decisive)
      const measured = before ?? tausOf(samples, draw)
      if (before === null) await kept.keep(file, decisive, measured)
      taus.push(measured)
    }
    for (const row of ROWS) {
      const values = taus.map((each) => each[row])
      const { mean, std } = figures(values)
      const { low, high } = draws < 2 ? { low: NaN, high: NaN } : bootstrapMean(values)
      rows.push({ samples, row, draws, mean, std, low, high })
      note(
        `${String(samples).padStart(4)} samples  ${row.padEnd(12)} ${mean.toFixed(3)} ± ${std.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`,
      )
      if (row === 'with the GPT' && !quick)
        checks.push(atLeast(`Kendall's tau after ${samples} samples, all together`, mean, wanted))
    }
  }
  return { results: { draws, heldOut: HELD_OUT, rows }, checks }
}
