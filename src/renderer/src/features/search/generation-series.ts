// From trials to the chart of fitness by generation. Pure, so that it is tested without a canvas.
import type { EChartsCoreOption } from 'echarts/core'
import { xyOption } from '@/components/charts/chart-base'
import type { ChartTheme } from '@/components/charts/chart-theme'
import type { Trial } from '@shared/search/trial'

export interface GenerationSeries {
  readonly points: readonly {
    readonly generation: number
    readonly fitness: number
    readonly id: number
    readonly number: number
  }[]
  /** Best fitness up to and including each generation. */
  readonly best: readonly (readonly [generation: number, fitness: number])[]
  /** Mean of the generation's finished trials. */
  readonly mean: readonly (readonly [generation: number, fitness: number])[]
}

/** Generations count from 1, as people do. */
export function generationSeries(trials: readonly Trial[]): GenerationSeries {
  const points = trials.flatMap((trial) =>
    trial.fitness === null
      ? []
      : [{ generation: trial.generation + 1, fitness: trial.fitness, id: trial.id, number: trial.number }],
  )
  const byGeneration = new Map<number, number[]>()
  for (const { generation, fitness } of points)
    byGeneration.set(generation, [...(byGeneration.get(generation) ?? []), fitness])
  const best: [number, number][] = []
  const mean: [number, number][] = []
  let highest = Number.NEGATIVE_INFINITY
  for (const [generation, values] of [...byGeneration].sort(([a], [b]) => a - b)) {
    highest = Math.max(highest, ...values)
    best.push([generation, highest])
    mean.push([generation, values.reduce((sum, value) => sum + value, 0) / values.length])
  }
  return { points, best, mean }
}

export interface GenerationTexts {
  readonly generation: string
  readonly fitness: string
  /** Least distance of two labels of fitness. */
  readonly leastStep?: number | undefined
  readonly best: string
  readonly mean: string
  readonly format: (fitness: number) => string
  readonly trial: (number: number, fitness: number) => string
}

/** The chart's option; a picked point gives the trial's id. */
export function generationChart(
  series: GenerationSeries,
  theme: ChartTheme,
  texts: GenerationTexts,
): EChartsCoreOption {
  const line = (
    name: string,
    data: GenerationSeries['best'],
    color: string | undefined,
    dash: 'solid' | 'dashed',
  ): EChartsCoreOption => ({
    type: 'line',
    name,
    data,
    symbolSize: 5,
    itemStyle: { color },
    lineStyle: { color, width: 2, type: dash },
    tooltip: {
      formatter: (point: { value: readonly [number, number] }) => `${name}: ${texts.format(point.value[1])}`,
    },
  })
  const scatter: EChartsCoreOption = {
    type: 'scatter',
    data: series.points.map((point) => ({
      value: [point.generation, point.fitness],
      datum: point.id,
      number: point.number,
    })),
    symbolSize: 7,
    itemStyle: { color: theme.faint, opacity: 0.55 },
    tooltip: {
      formatter: (point: { data: { number: number; value: readonly [number, number] } }) =>
        texts.trial(point.data.number, point.data.value[1]),
    },
  }
  return xyOption(
    theme,
    { name: texts.generation, isInteger: true },
    {
      name: texts.fitness,
      format: texts.format,
      ...(texts.leastStep !== undefined && { leastStep: texts.leastStep }),
    },
    [
      scatter,
      line(texts.mean, series.mean, theme.series[1], 'dashed'),
      line(texts.best, series.best, theme.series[0], 'solid'),
    ],
    { trigger: 'item' },
  )
}
