import { expect, it } from 'vitest'
import { rateChecks, rowOf, stepChecks } from './figures'
import type { Measurement } from './rounds'
import { ELECTRON, KERAS_DEFAULTS, KERAS_OFF, KERAS_ON, OURS_OFF, OURS_ON, PYTORCH, type Side } from './sides'

const times = (best: number, { parameters = 10, usedOneDnn = false } = {}): Measurement => ({
  parameters,
  times: [best * 3, best, best * 2],
  epochs: [best * 6],
  losses: [1, 1, 1],
  usedOneDnn,
})
const measured = (changes: readonly [Side, Measurement][] = []): ReadonlyMap<Side, Measurement> =>
  new Map<Side, Measurement>([
    [OURS_OFF, times(10)],
    [KERAS_OFF, times(10)],
    [OURS_ON, times(5)],
    [KERAS_ON, times(8)],
    [KERAS_DEFAULTS, times(10)],
    [ELECTRON, times(5.5)],
    ...PYTORCH.map((side, i): [Side, Measurement] => [side, times(10 + i)]),
    ...changes,
  ])
const WANTED = ['kerasOff', 'kerasOn', 'kerasDefaults', 'pytorch', 'electron'] as const
const failed = (changes: readonly [Side, Measurement][]): string[] =>
  stepChecks([rowOf('one', measured(changes))], WANTED).flatMap(({ name, ok }) => (ok ? [] : [name]))

it("compares best steps, PyTorch's of its fastest setting", () => {
  const { ratios, medianRatios } = rowOf('one', measured([[PYTORCH[1]!, times(4)]]))
  expect(ratios).toEqual({ kerasOff: 1, kerasOn: 0.625, kerasDefaults: 0.5, pytorch: 1.25, electron: 1.1 })
  expect(medianRatios.pytorch).toBe(1.25)
})

it('takes a PyTorch setting that does not end for none, and fails when none is left', () => {
  const problem = { problem: 'did not end' }
  expect(failed([[PYTORCH[0]!, problem]])).toEqual([])
  expect(failed(PYTORCH.map((side) => [side, problem]))).toEqual(['comparisons without a figure'])
})

it('fails for a slow step, a slow Electron and another network', () => {
  expect(failed([[KERAS_OFF, times(9)]])).toEqual(['step / Keras, equal settings, slowest network'])
  expect(failed([[KERAS_DEFAULTS, times(6)]])).toEqual(['step / Keras, defaults of both, geometric mean'])
  expect(failed([[PYTORCH[0]!, times(4)]])).toEqual(['step / PyTorch at its best, geometric mean'])
  expect(failed([[ELECTRON, times(5.6)]])).toEqual(['step in Electron / plain Node, slowest network'])
  expect(failed([[KERAS_ON, times(8, { parameters: 11 })]])).toEqual(['networks that are not the same on all sides'])
})

it("bounds Keras's defaults only where they leave oneDNN off", () => {
  expect(failed([[KERAS_DEFAULTS, times(6, { usedOneDnn: true })]])).toEqual([])
})

it('fails for a rate that is too low or missing', () => {
  const oks = (rates: Parameters<typeof rateChecks>[0]): boolean[] => rateChecks(rates).map(({ ok }) => ok)
  expect(oks({ ours: 150, keras: 45, pytorch: 86 })).toEqual([true, true])
  expect(oks({ ours: 150, keras: 51, pytorch: 120 })).toEqual([false, false])
  expect(oks({ ours: 150, keras: null, pytorch: null })).toEqual([false, false])
})
