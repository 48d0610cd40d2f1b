// From what the parts of bench:gpu measured to its checks. Pure; that each of them can fail is shown beside it.
import type { Export } from '../../src/shared/contract/exports'
import type { Trial } from '../../src/shared/search/trial'
import { flatnessOf, spreadOf } from '../cycles/flatness'
import type { Held } from '../cycles/compute'
import { atLeast, atMost, equal, median } from '../harness'
import type { CaseResult } from '../kernels/audit'
import { BOUNDS } from '../kernels/bounds'
import { joined, onCard, seen, type Lines } from './seen'

export type Audited = Omit<CaseResult, 'error'> & { readonly error: number | string }

/** Kernels against float64, and recorded steps against eager ones. On a card the sum's order is free, so nothing is equal to the bit. */
export function kernelLines(results: readonly Audited[], death: string | null, isCard: boolean): Lines {
  const beyond = results.filter(({ part, error }) => typeof error === 'string' || !(error <= BOUNDS[part]))
  const unexplained = results.filter(({ part, equals }) => part.startsWith('recorded') && !equals)
  const name = isCard ? 'on the card' : 'on the processor'
  return joined(
    seen(
      equal(`kernels ${name}: cases that were tried at all`, Number(results.length > 0), 1),
      equal(`kernels ${name}: cases beyond their bound`, beyond.length, 0),
      equal('processes that died of a kernel', death === null ? 0 : 1, 0),
    ),
    isCard ? seen() : seen(equal('recorded steps that differ from eager ones unexplained', unexplained.length, 0)),
    onCard(isCard, equal('kernels of the card: cases beyond their bound', beyond.length, 0)),
  )
}

/**
 * First steps, which start from the same weights, and last ones, when each has learned. In between roundings move a steep fall by some
 * steps, whatever computes it: on a processor the curves of this bench lay up to 0.4 of the loss of guessing apart there, 0.01 in the
 * first five steps and 0.04 in the last ten.
 */
const [FIRST, LAST] = [5, 10]
const [MOST_APART_FIRST, MOST_APART_LAST] = [0.02, 0.1]

/** @param curves losses by precision, `float32` among them @param classes of the data */
export function precisionLines(curves: Readonly<Record<string, readonly number[]>>, classes: number): Lines {
  const whole = curves['float32'] ?? []
  const guessing = Math.log(classes)
  const learned = (mean(whole.slice(0, FIRST)) - mean(whole.slice(-LAST))) / guessing
  const halves = Object.entries(curves).filter(([name]) => name !== 'float32')
  return seen(
    // Curves that go nowhere are alike whatever computes them.
    atLeast('loss that float32 loses over the curve / guessing', learned, 0.5),
    ...halves.flatMap(([name, losses]) => {
      const first = mean(losses.slice(0, FIRST).map((loss, i) => Math.abs(loss - (whole[i] ?? NaN))))
      const last = Math.abs(mean(losses.slice(-LAST)) - mean(whole.slice(-LAST)))
      return [
        atMost(`${name}: first losses apart from float32's / guessing`, first / guessing, MOST_APART_FIRST),
        atMost(`${name}: last losses apart from float32's / guessing`, last / guessing, MOST_APART_LAST),
      ]
    }),
  )
}

/** NaN of no values, as of one that is none. */
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

export interface StepFigures {
  readonly network: string
  readonly batch: number
  /** float32, tf32, mixed-float16 ... */
  readonly mode: string
  /** Milliseconds of single steps. */
  readonly times: readonly number[]
  /** Processor time of the process, milliseconds a step. */
  readonly hostMs: number
  /** Share of the time in which the card computed; null where nobody tells. */
  readonly busy: number | null
  /** PyTorch's middle step in the same mode; null where its Python has none for this device. */
  readonly pytorchMs: number | null
}

/** Steps of one figure beyond so many times the middle one are stragglers: something waits that should not. */
const STRAGGLER = 3
const MOST_STRAGGLERS = 0.05
/** Of the issue: not slower than what a user would pick instead; a tenth for noise. */
const MOST_OVER_PYTORCH = 1.1
/** A card that waits for its processor more than that is not what trains. Set before anybody saw one. */
const LEAST_BUSY = 0.5

export function stepLines(figures: readonly StepFigures[], isCard: boolean): Lines {
  const shares = figures.map(({ times }) => {
    const middle = median(times)
    return times.filter((time) => time > STRAGGLER * middle).length / times.length
  })
  const ratios = figures.flatMap(({ times, pytorchMs }) => (pytorchMs === null ? [] : median(times) / pytorchMs))
  const busy = figures.flatMap((one) => one.busy ?? [])
  const mixed = speedUps(figures, 'mixed-float16')
  const most = (values: readonly number[]): number => (values.length === 0 ? NaN : Math.max(...values))
  return joined(
    seen(equal('settings whose step was measured', Number(figures.length > 0), 1)),
    onCard(isCard, atMost('steps beyond three times the middle one, worst setting', most(shares), MOST_STRAGGLERS)),
    ratios.length === 0 && isCard
      ? { checks: [], notSeen: ['step / PyTorch: its Python has none for this card'] }
      : onCard(isCard, atMost('step / PyTorch, same mode, worst setting', most(ratios), MOST_OVER_PYTORCH)),
    onCard(isCard, atLeast('share of the time in which the card computes, largest setting', most(busy), LEAST_BUSY)),
    onCard(isCard, atLeast('mixed float16 / float32, images a second, best setting', most(mixed), 1)),
  )
}

/** Of `mode` over float32, for each network and batch that has both. */
function speedUps(figures: readonly StepFigures[], mode: string): number[] {
  return figures.flatMap((one) => {
    const whole = figures.find(
      ({ network, batch, mode: other }) => other === 'float32' && network === one.network && batch === one.batch,
    )
    return one.mode !== mode || whole === undefined ? [] : median(whole.times) / median(one.times)
  })
}

/** Largest change of resident memory, either way, from the second tenth of the trainings to the last (bench:cycles has the same). */
const FLAT = 0.05
/** Trainings before allocators have settled: memory of fewer is only told. */
const SETTLED = 200

/** @param held what one process held after each training @param cardBytes of the card, after each; empty where nobody tells */
export function leakLines(held: readonly Held[], cardBytes: readonly number[], isCard: boolean): Lines {
  const spread = (key: keyof Held): number => spreadOf(held.slice(1).map((one) => one[key]))
  const flat = (values: readonly number[]): number => (values.length < 10 ? NaN : Math.abs(flatnessOf(values).change))
  return joined(
    seen(
      equal('trainings in one process that were held against one another', Number(held.length > 1), 1),
      equal('spread of the number of tensors between trainings', spread('tensors'), 0),
      equal("spread of the binding's tensors", spread('nativeTensors'), 0),
      equal('graphs still loaded after a training', Math.max(0, ...held.map(({ loadedGraphs }) => loadedGraphs)), 0),
      ...(held.length < SETTLED
        ? []
        : [atMost('change of resident memory', flat(held.map(({ residentBytes }) => residentBytes)), FLAT)]),
    ),
    onCard(isCard && held.length >= SETTLED, atMost("change of the card's memory", flat(cardBytes), FLAT)),
  )
}

/** @param rates images a second of one, two ... computes on the card together */
export function computeLines(rates: readonly number[], isCard: boolean): Lines {
  const [one = NaN, ...more] = rates
  return joined(
    seen(equal('computes that trained together, and gave no rate', rates.filter((rate) => !(rate > 0)).length, 0)),
    onCard(isCard, atLeast('best of two to four computes / one', more.length === 0 ? NaN : Math.max(...more) / one, 1)),
  )
}

/** Trials of the sample search, as the issue of this bench names them: distinct evaluations, which is what a budget counts. */
const SAMPLE_TRIALS = 12

/** @param trials all of the run, repeats too @param exports one of each trial that was finished and repeats none */
export function searchLines(
  trials: readonly Pick<Trial, 'state' | 'isRepeat' | 'device'>[],
  exports: readonly Pick<Export, 'proof'>[],
  isCard: boolean,
): Lines {
  const finished = trials.filter(({ state, isRepeat }) => state === 'finished' && !isRepeat)
  const elsewhere = finished.filter(({ device }) => device === null || !/gpu|nvidia|cuda/i.test(device))
  return joined(
    seen(
      equal('trials of the sample search that finished, repeats apart', finished.length, SAMPLE_TRIALS),
      equal('trials of it that failed', trials.filter(({ state }) => state === 'failed').length, 0),
      equal(
        'exports of them with a proof',
        exports.filter(({ proof }) => proof?.passed === true).length,
        finished.length,
      ),
    ),
    onCard(isCard, equal('finished trials that did not train on the card', elsewhere.length, 0)),
  )
}
