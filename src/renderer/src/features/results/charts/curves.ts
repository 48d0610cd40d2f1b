// Learning curves of the compared trials and the best fitness so far: lines over epochs or trials.
import type { EChartsCoreOption } from 'echarts/core'
import { HUNDREDTH, xyOption } from '@/components/charts/chart-base'
import type { ChartTheme } from '@/components/charts/chart-theme'
import type { Epoch, Trial } from '@shared/search/trial'

export type CurveKind = 'accuracy' | 'loss'
export interface LineTexts {
  /** Least distance of two labels of a fitness. */
  readonly leastStep?: number | undefined
  readonly x: string
  readonly y: string
  readonly name: (trial: Trial) => string
  readonly format: (value: number) => string
}
type Pair = readonly [x: number, y: number]
interface TooltipPoint {
  readonly seriesName: string
  readonly marker: string
  readonly value: Pair
}

const VALUES: Readonly<
  Record<CurveKind, { readonly train: (epoch: Epoch) => number; readonly validation: (epoch: Epoch) => number }>
> = {
  accuracy: { train: (epoch) => epoch.trainAccuracy, validation: (epoch) => epoch.validationAccuracy },
  loss: { train: (epoch) => epoch.trainLoss, validation: (epoch) => epoch.validationLoss },
}

function tooltip(format: (value: number) => string): EChartsCoreOption {
  return {
    trigger: 'axis',
    formatter: (points: readonly TooltipPoint[]) =>
      points.map((point) => `${point.marker}${point.seriesName}: ${format(point.value[1])}`).join('<br>'),
  }
}

/** Validation as a full line, training as a dotted one in the same colour: a gap between them is over-fitting. */
export function curvesChart(
  compared: readonly Trial[],
  kind: CurveKind,
  theme: ChartTheme,
  texts: LineTexts,
  trainName: (name: string) => string,
): EChartsCoreOption {
  const { train, validation } = VALUES[kind]
  const series = compared.flatMap((trial, index): EChartsCoreOption[] => {
    const color = theme.series[index % theme.series.length]
    const line = (name: string, value: (epoch: Epoch) => number, type: 'solid' | 'dotted'): EChartsCoreOption => ({
      type: 'line',
      name,
      data: trial.epochs.map((epoch): Pair => [epoch.epoch, value(epoch)]),
      symbolSize: 4,
      itemStyle: { color },
      lineStyle: { color, width: type === 'solid' ? 2 : 1.2, type },
    })
    const name = texts.name(trial)
    return [line(name, validation, 'solid'), line(trainName(name), train, 'dotted')]
  })
  return xyOption(
    theme,
    { name: texts.x, isInteger: true },
    { name: texts.y, format: texts.format, leastStep: HUNDREDTH },
    series,
    tooltip(texts.format),
  )
}

/** Best fitness up to each trial, in the order of the trials. */
export function bestSoFar(trials: readonly Trial[]): readonly Pair[] {
  let best = Number.NEGATIVE_INFINITY
  return trials.flatMap((trial): Pair[] => {
    if (trial.fitness === null) return []
    best = Math.max(best, trial.fitness)
    return [[trial.number, best]]
  })
}

export function bestSoFarChart(
  trials: readonly Trial[],
  theme: ChartTheme,
  texts: Omit<LineTexts, 'name'> & { readonly best: string },
): EChartsCoreOption {
  const series: EChartsCoreOption[] = [
    {
      type: 'scatter',
      data: trials.flatMap((trial) =>
        trial.fitness === null ? [] : [{ value: [trial.number, trial.fitness], datum: trial.id }],
      ),
      symbolSize: 5,
      large: true,
      largeThreshold: 4000,
      itemStyle: { color: theme.faint, opacity: 0.5 },
      tooltip: { show: false },
    },
    {
      type: 'line',
      name: texts.best,
      step: 'end',
      symbol: 'none',
      data: bestSoFar(trials),
      itemStyle: { color: theme.series[0] },
      lineStyle: { color: theme.series[0], width: 2 },
    },
  ]
  const lines = tooltip(texts.format)
  return xyOption(
    theme,
    { name: texts.x, isInteger: true },
    { name: texts.y, format: texts.format, ...(texts.leastStep !== undefined && { leastStep: texts.leastStep }) },
    series,
    lines,
  )
}
