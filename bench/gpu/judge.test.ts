// That the checks of bench:gpu can fail: a wrong kernel, a leak and a slow step put in on purpose, and what no card has shown.
import { expect, it } from 'vitest'
import { KIND_CASES } from '../../src/compute/networks/testing/kind-cases'
import { auditGradients } from '../../src/compute/networks/testing/gradient-audit'
import { withDefect } from '../../src/compute/tensorflow/testing/with-defect'
import type { Held } from '../cycles/compute'
import { buildLines, ratioOf, type BuildFigures } from './builds'
import {
  computeLines,
  kernelLines,
  leakLines,
  precisionLines,
  searchLines,
  stepLines,
  type Audited,
  type StepFigures,
} from './judge'
import type { Lines } from './seen'

const failing = ({ checks }: Lines): string[] => checks.filter(({ ok }) => !ok).map(({ name }) => name)

const audited = (): Audited[] => {
  const { graph, title } = KIND_CASES[0]!
  const { lossError, slopeError, worst } = auditGradients(graph)
  return [{ part: 'kinds', title, error: Math.max(lossError, slopeError), detail: worst }]
}

it('a wrong kernel is seen: a convolution or its gradient that is off by a thousandth', () => {
  expect(failing(kernelLines(audited(), null, true))).toEqual([])
  for (const op of ['Conv2D', 'Conv2DBackpropFilter'])
    expect(failing(kernelLines(withDefect(op, 1.001, audited), null, true))).toEqual([
      'kernels on the card: cases beyond their bound',
      'kernels of the card: cases beyond their bound',
    ])
})

it('a case that threw or is no number, a process that died, and nothing at all are failures', () => {
  const line = (error: number | string): Audited => ({ part: 'kinds', title: 'x', error, detail: '' })
  for (const error of ['threw', 'not a number', NaN])
    expect(failing(kernelLines([line(error)], null, false))).toEqual([
      'kernels on the processor: cases beyond their bound',
    ])
  expect(failing(kernelLines([line(0)], 'SIGABRT in x', false))).toEqual(['processes that died of a kernel'])
  expect(failing(kernelLines([], null, false))).toEqual(['kernels on the processor: cases that were tried at all'])
})

it('a recorded step that differs from the eager one is a failure on a processor, where it need not', () => {
  const recorded: Audited = { part: 'recorded kinds', title: 'x', error: 1e-6, equals: null, detail: '' }
  expect(failing(kernelLines([recorded], null, false))).toEqual([
    'recorded steps that differ from eager ones unexplained',
  ])
  expect(failing(kernelLines([recorded], null, true))).toEqual([])
})

const curve = (end: number): number[] => Array.from({ length: 60 }, (_, i) => 2.3 + ((end - 2.3) * i) / 59)

it('a half precision that learns less, or that breaks off, is seen', () => {
  const against = (losses: readonly number[]) => precisionLines({ float32: curve(0.5), 'mixed-float16': losses }, 10)
  expect(failing(against(curve(0.55)))).toEqual([])
  const [first, last] = ['first', 'last'].map((part) => `mixed-float16: ${part} losses apart from float32's / guessing`)
  expect(failing(against(curve(1)))).toEqual([last])
  expect(failing(against(curve(0.5).map((loss, i) => (i > 30 ? NaN : loss))))).toEqual([last])
  expect(failing(against(curve(0.5).map((loss, i) => (i < 5 ? loss * 1.05 : loss))))).toEqual([first])
  expect(failing(against([]))).toEqual([first, last])
  expect(failing(precisionLines({ float32: curve(2.3), 'mixed-float16': curve(2.3) }, 10))).toEqual([
    'loss that float32 loses over the curve / guessing',
  ])
})

const figure = (mode: string, times: readonly number[], change: Partial<StepFigures> = {}): StepFigures => {
  return { network: 'n', batch: 128, mode, times, hostMs: 1, busy: 0.9, pytorchMs: 10, ...change }
}
const even = (ms: number): number[] => new Array<number>(50).fill(ms)

it('a slow step is seen: against PyTorch, against itself, and a card that waits', () => {
  const fast = [figure('float32', even(10)), figure('mixed-float16', even(6))]
  expect(failing(stepLines(fast, true))).toEqual([])
  expect(failing(stepLines([...fast, figure('tf32', even(12))], true))).toEqual([
    'step / PyTorch, same mode, worst setting',
  ])
  const stalling = [...even(10).slice(0, 45), ...even(40).slice(0, 5)]
  expect(failing(stepLines([...fast, figure('tf32', stalling)], true))).toEqual([
    'steps beyond three times the middle one, worst setting',
  ])
  const waiting = fast.map((one) => ({ ...one, busy: 0.2 }))
  expect(failing(stepLines(waiting, true))).toEqual(['share of the time in which the card computes, largest setting'])
  const slowHalves = [figure('float32', even(10)), figure('mixed-float16', even(11))]
  expect(failing(stepLines(slowHalves, true))).toEqual(['mixed float16 / float32, images a second, best setting'])
})

it('without a card every line of one is marked as not seen, and none is taken for a success', () => {
  const { checks, notSeen } = stepLines([figure('float32', even(10), { busy: null })], false)
  expect(checks.map(({ name }) => name)).toEqual(['settings whose step was measured'])
  expect(notSeen).toHaveLength(4)
  expect(kernelLines(audited(), null, false).notSeen).toEqual(['kernels of the card: cases beyond their bound (= 0)'])
  // With a card, a figure that is missing is a failure.
  expect(failing(stepLines([figure('float32', even(10), { busy: null })], true))).toContain(
    'share of the time in which the card computes, largest setting',
  )
})

const held = (change: (cycle: number) => Partial<Held>, cycles = 200): Held[] =>
  Array.from({ length: cycles }, (_, cycle) => ({
    residentBytes: 1e9,
    tensors: 5,
    tensorBytes: 100,
    nativeTensors: 5,
    loadedGraphs: 0,
    threads: 8,
    openFiles: 20,
    seconds: 1,
    ...change(cycle),
  }))
const flatCard = new Array<number>(200).fill(4e9)

it('a leak is seen: of a tensor, of a graph, of memory, of the card', () => {
  expect(
    failing(
      leakLines(
        held(() => ({})),
        flatCard,
        true,
      ),
    ),
  ).toEqual([])
  expect(
    failing(
      leakLines(
        held((cycle) => ({ tensors: 5 + cycle })),
        flatCard,
        true,
      ),
    ),
  ).toEqual(['spread of the number of tensors between trainings'])
  expect(
    failing(
      leakLines(
        held(() => ({ loadedGraphs: 1 })),
        flatCard,
        true,
      ),
    ),
  ).toEqual(['graphs still loaded after a training'])
  // A mebibyte a training of a gigabyte.
  const growing = held((cycle) => ({ residentBytes: 1e9 + cycle * 2 ** 20 }))
  expect(failing(leakLines(growing, flatCard, true))).toEqual(['change of resident memory'])
  const cardGrows = flatCard.map((bytes, cycle) => bytes + cycle * 4 * 2 ** 20)
  expect(
    failing(
      leakLines(
        held(() => ({})),
        cardGrows,
        true,
      ),
    ),
  ).toEqual(["change of the card's memory"])
  expect(
    leakLines(
      held(() => ({}), 10),
      [],
      false,
    ).notSeen,
  ).toHaveLength(1)
})

it('computes that share a card and give less than one are seen', () => {
  expect(failing(computeLines([100, 150], true))).toEqual([])
  expect(failing(computeLines([100, 80, 70], true))).toEqual(['best of two to four computes / one'])
  expect(failing(computeLines([100, NaN], false))).toEqual(['computes that trained together, and gave no rate'])
})

it('a trial of the sample search that is missing, failed, repeats another, ran elsewhere or has no proof is seen', () => {
  type Told = Parameters<typeof searchLines>[0][number]
  const trial = (change: Partial<Told> = {}): Told => ({
    state: 'finished',
    isRepeat: false,
    device: 'GPU 0',
    ...change,
  })
  const proof = { passed: true } as Parameters<typeof searchLines>[1][number]['proof']
  const against = (trials: readonly Told[], proofs = 12): string[] =>
    failing(
      searchLines(
        trials,
        Array.from({ length: proofs }, () => ({ proof })),
        true,
      ),
    )
  const whole = Array.from({ length: 12 }, () => trial())
  const [count, proven] = ['trials of the sample search that finished, repeats apart', 'exports of them with a proof']
  expect(against(whole)).toEqual([])
  // Three that repeat others are none of the twelve.
  const repeat = trial({ isRepeat: true, device: null })
  expect(against([...whole, repeat, repeat, repeat])).toEqual([])
  expect(against([...whole.slice(1), repeat], 11)).toEqual([count])
  expect(against([...whole, trial({ state: 'failed' })])).toEqual(['trials of it that failed'])
  expect(against(whole, 11)).toEqual([proven])
  expect(against([...whole.slice(1), trial({ device: 'Processor' })])).toEqual([
    'finished trials that did not train on the card',
  ])
})

it('a build for cards that is slow on a processor, or finds a hidden card, is seen', () => {
  const turns = (times: readonly number[]) => times.map((ms) => ({ stepMs: 1, processorMs: ms }))
  const of = (cards: readonly number[]): BuildFigures => {
    return { network: 'n', processors: turns([10, 12, 11]), cards: turns(cards) }
  }
  expect(ratioOf(of([11, 11, 30]))).toBe(1)
  expect(failing(buildLines([of([11, 12, 10])], 'cpu'))).toEqual([])
  expect(failing(buildLines([of([11, 12, 10]), of([13, 13, 13])], 'cpu'))).toEqual([
    'build for cards / for processors, processor time of a step of n',
  ])
  expect(failing(buildLines([of([11, 12, 10])], 'gpu'))).toEqual([
    'build for cards with every card hidden: computes on a card',
  ])
})
