// Fitness against cost, with the Pareto front as a step line. A picked point gives the trial's id.
import type { EChartsCoreOption } from 'echarts/core'
import { xyOption } from './chart-base'
import type { ChartTheme } from './chart-theme'
import type { Trial } from '@shared/search/trial'
import type { Cost } from './cost'

export interface TradeOffTexts {
  readonly cost: string
  readonly fitness: string
  readonly fitnessTick: (fitness: number) => string
  readonly costTick: (value: number) => string
  readonly point: (number: number, fitness: number, cost: number) => string
}

interface Point {
  readonly value: readonly [number, number]
  readonly datum: number
  readonly number: number
}
const point = (trial: Trial, cost: Cost): Point => ({
  value: [cost.of(trial) ?? 0, trial.fitness ?? 0],
  datum: trial.id,
  number: trial.number,
})

export interface TradeOff {
  readonly trials: readonly Trial[]
  readonly cost: Cost
  /** Of `trials`, cheapest first (pareto-front.ts). */
  readonly front: readonly Trial[]
  /** Drawn in their series colours, the others quietly. */
  readonly compared: readonly Trial[]
  /** Drops what the front beats. */
  readonly isFrontOnly: boolean
  readonly isLogarithmic: boolean
  /** Least distance of two labels of fitness. */
  readonly leastStep?: number | undefined
}

export function tradeOffChart(
  { trials, cost, front, compared, isFrontOnly, isLogarithmic, leastStep }: TradeOff,
  theme: ChartTheme,
  texts: TradeOffTexts,
): EChartsCoreOption {
  const onFront = new Set(front.map((trial) => trial.id))
  const chosen = new Map(compared.map((trial, index) => [trial.id, theme.series[index]]))
  const finished = trials.filter(
    (trial) => trial.fitness !== null && cost.of(trial) !== null && (!isFrontOnly || onFront.has(trial.id)),
  )
  const tooltip = {
    formatter: ({ data }: { data: Point }) => texts.point(data.number, data.value[1], data.value[0]),
  }
  // One style per series: the fast path for many points knows no style per point.
  const dots = (list: readonly Trial[], itemStyle: EChartsCoreOption): EChartsCoreOption => ({
    type: 'scatter',
    data: list.map((trial) => point(trial, cost)),
    symbolSize: 8,
    large: true,
    largeThreshold: 4000,
    itemStyle,
    tooltip,
  })
  const series: EChartsCoreOption[] = [
    {
      type: 'line',
      step: 'end',
      symbol: 'none',
      silent: true,
      data: front.map((trial) => [cost.of(trial), trial.fitness]),
      lineStyle: { color: theme.series[2], width: 1.5 },
    },
    dots(
      finished.filter((trial) => !onFront.has(trial.id)),
      { color: theme.faint, opacity: 0.5 },
    ),
    dots(
      finished.filter((trial) => onFront.has(trial.id)),
      { color: theme.series[2] },
    ),
    {
      type: 'scatter',
      z: 3,
      data: finished
        .filter((trial) => chosen.has(trial.id))
        .map((trial) => ({
          ...point(trial, cost),
          itemStyle: { color: chosen.get(trial.id), borderColor: theme.surface, borderWidth: 1.5 },
        })),
      symbolSize: 13,
      tooltip,
    },
  ]
  return xyOption(
    theme,
    { name: texts.cost, type: isLogarithmic ? 'log' : 'value', format: texts.costTick },
    { name: texts.fitness, format: texts.fitnessTick, ...(leastStep !== undefined && { leastStep }) },
    series,
    { trigger: 'item' },
  )
}
