// Whether a short training orders candidates as a longer one does: Kendall's tau between the best accuracy of the same trials up to two
// epochs, from the curves of a run, and between a search and the final trainings of what it found. Pure; window and command line show it.
import { kendallInterval, type TauInterval } from '../rank-correlation'
import type { Run } from './run'
import { isConfirmation } from './confirmations'
import { rungText } from './rung-images'
import { halvingOf, type Halving } from './rungs'
import type { Trial } from './trial'

/** Fewer trials have fewer than ten pairs, of which chance alone orders all alike too often. Chosen by us. */
export const LEAST_TRIALS = 5
/** The newest; more make the interval no more useful and take longer. Chosen by us. */
const MOST_TRIALS = 150
/**
 * Below it a short training is warned of: at 0.5 one pair in four is in another order. 12 of 200 epochs order the cells of NAS-Bench-201
 * on CIFAR-10 with 0.65, its best tenth with 0.52 (from the published table).
 */
export const LEAST_TAU = 0.5

export interface RankFidelity extends TauInterval {
  /** Epochs; null where the longer one is a final training, judged on the test images. */
  readonly short: number
  readonly long: number | null
  readonly trials: number
  /** `holds`: the whole interval is above the bound; `fails`: it is below; `open`: too few to say. */
  readonly verdict: 'holds' | 'fails' | 'open'
  /** Only what was promoted is in it: what was dropped cannot be. */
  readonly isOfPromoted: boolean
  /** What the two were trained on, where rungs have fewer or smaller images; null where epochs say it all. */
  readonly rungs: { readonly short: string; readonly long: string } | null
}

type Curved = Pick<Trial, 'id' | 'epochs' | 'state' | 'reusedFrom' | 'origin' | 'fitness' | 'fidelity'>

/** Best validation accuracy up to each epoch. */
function bestUpTo(trial: Curved, epochs: number): number {
  return Math.max(...trial.epochs.slice(0, epochs).map(({ validationAccuracy }) => validationAccuracy))
}

function verdictOf({ low, high }: TauInterval): RankFidelity['verdict'] {
  if (high < LEAST_TAU) return 'fails'
  return low >= LEAST_TAU ? 'holds' : 'open'
}

/** Epochs that are compared with the last one: 1, 2, 4 and so on, or the rungs. */
function shortOnes(whole: number, rungs: readonly number[] | undefined): number[] {
  if (rungs !== undefined) return rungs.filter((epochs) => epochs < whole)
  const shorter: number[] = []
  for (let epochs = 1; epochs < whole; epochs *= 2) shorter.push(epochs)
  return shorter
}

/**
 * Of a run by training: each shorter epoch beside the longest that enough of its trials reached; under rungs each rung beside the next.
 * @param finals of its trials, tested: the run's own final trainings
 * @returns empty where fewer than five trials can be compared
 */
export function rankFidelity(
  definition: Run['definition'],
  trials: readonly Curved[],
  finals: readonly Pick<Run, 'definition' | 'reported'>[] = [],
): RankFidelity[] {
  const own = trials
    .filter((trial) => trial.state === 'finished' && trial.reusedFrom === null && !isConfirmation(trial))
    .slice(-MOST_TRIALS)
  const halving = halvingOf(definition)
  if (halving?.images !== undefined || halving?.sides !== undefined)
    return [...rungFidelity(halving, own), ...finalFidelity(definition, own, finals)]
  const longest = Math.max(0, ...own.map(({ epochs }) => epochs.length))
  const lengths = halving === null ? [longest] : halving.epochs
  const found = lengths.flatMap((long, index): RankFidelity[] => {
    const compared = own.filter(({ epochs }) => epochs.length >= long)
    if (compared.length < LEAST_TRIALS) return []
    const below = halving === null ? shortOnes(long, undefined) : halving.epochs.slice(Math.max(0, index - 1), index)
    return below.map((short) => {
      const interval = kendallInterval(
        compared.map((trial) => bestUpTo(trial, short)),
        compared.map((trial) => bestUpTo(trial, long)),
      )
      const isOfPromoted = halving !== null || compared.length < own.length
      const verdict = verdictOf(interval)
      return { ...interval, short, long, trials: compared.length, verdict, isOfPromoted, rungs: null }
    })
  })
  return [...found, ...finalFidelity(definition, own, finals)]
}

/** Each rung beside the next, where some are trained on fewer or smaller images: by the result that a trial had at each. */
function rungFidelity(halving: Halving, trials: readonly Curved[]): RankFidelity[] {
  const last = halving.epochs.length - 1
  /** Undefined where it did not get so far. */
  const at = ({ fidelity: { rungs, brokenOff, endedEarly }, fitness }: Curved, rung: number): number | undefined => {
    if (rung < last) return rungs[rung]?.fitness
    return rungs.length === last && brokenOff !== true && endedEarly === null && rungs.at(-1)?.promotedAmong !== null
      ? (fitness ?? undefined)
      : undefined
  }
  return halving.epochs.slice(1).flatMap((long, below): RankFidelity[] => {
    const pairs = trials.flatMap((trial) => {
      const [short, whole] = [at(trial, below), at(trial, below + 1)]
      return short === undefined || whole === undefined ? [] : [[short, whole] as const]
    })
    if (pairs.length < LEAST_TRIALS) return []
    const interval = kendallInterval(
      pairs.map(([short]) => short),
      pairs.map(([, whole]) => whole),
    )
    const rungs = { short: rungText(halving, below), long: rungText(halving, below + 1) }
    const counted = { short: halving.epochs[below]!, long, trials: pairs.length }
    return [{ ...interval, ...counted, verdict: verdictOf(interval), isOfPromoted: true, rungs }]
  })
}

/** One final training of each trial: the newest that was tested. */
function finalFidelity(
  { recipe }: Run['definition'],
  trials: readonly Curved[],
  finals: readonly Pick<Run, 'definition' | 'reported'>[],
): RankFidelity[] {
  const tested = new Map(
    finals.flatMap(({ definition, reported }): [number, number][] => {
      const trialId = definition.final?.of?.trialId
      return trialId === undefined || reported === null ? [] : [[trialId, reported]]
    }),
  )
  const pairs = trials.flatMap(({ id, fitness }) => {
    const reported = tested.get(id)
    return fitness === null || reported === undefined ? [] : [{ fitness, reported }]
  })
  if (pairs.length < LEAST_TRIALS) return []
  const interval = kendallInterval(
    pairs.map(({ fitness }) => fitness),
    pairs.map(({ reported }) => reported),
  )
  const verdict = verdictOf(interval)
  return [
    { ...interval, short: recipe.epochs, long: null, trials: pairs.length, verdict, isOfPromoted: true, rungs: null },
  ]
}

/** For the terminal, a line each; empty where nothing can be said. */
export function rankFidelityLines(found: readonly RankFidelity[]): string[] {
  if (found.length === 0) return []
  const lines = found.map(({ short, long, trials, pairs, tau, low, high, verdict, isOfPromoted, rungs }) => {
    const to = long === null ? 'the final training' : (rungs?.long ?? `epoch ${long}`)
    const of = `${trials} ${isOfPromoted ? 'trials that got so far' : 'trials'}, ${pairs} pairs`
    const mark = verdict === 'fails' ? ' Warning: below' : verdict === 'open' ? ' Not told from' : ' Above'
    return `  ${rungs?.short ?? `epoch ${short}`} and ${to}: ${tau.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}] (${of}).${mark} ${LEAST_TAU}.`
  })
  const fails = found.some(({ verdict }) => verdict === 'fails')
  return [
    'Does a short training order candidates as a longer one does (Kendall’s tau)?',
    ...lines,
    ...(fails
      ? [
          '  Where it is below, more than one pair in four is in another order: train longer, or confirm the best (confirmBest).',
        ]
      : []),
  ]
}
