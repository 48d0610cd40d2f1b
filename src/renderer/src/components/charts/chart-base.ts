// What every chart of the window shares: axes, grid, tooltip. Charts add only their series.
import type { EChartsCoreOption } from 'echarts/core'
import type { FitnessReading } from '@shared/evaluators/evaluator'
import type { ChartTheme } from './chart-theme'

export interface AxisSpec {
  readonly name: string
  readonly type?: 'value' | 'log'
  readonly min?: number | 'dataMin'
  readonly max?: number | 'dataMax'
  readonly isInteger?: boolean
  /** Least distance of two labels, so that none reads the same as the one before. */
  readonly leastStep?: number
  readonly format?: (value: number) => string
}

/** What one step of a label is where it shows whole percents of a fraction, or hundredths. */
export const HUNDREDTH = 0.01
/** What one step of a label is for a fitness; any for one that is shown as it is. */
export const fitnessStep = ({ unit }: FitnessReading): number | undefined =>
  unit === 'accuracy' ? HUNDREDTH : undefined

function axis(spec: AxisSpec, theme: ChartTheme, isVertical: boolean): EChartsCoreOption {
  return {
    type: spec.type ?? 'value',
    name: spec.name,
    nameLocation: isVertical ? 'end' : 'middle',
    nameGap: isVertical ? 10 : 26,
    nameTextStyle: {
      color: theme.faint,
      fontSize: 11,
      align: isVertical ? 'left' : 'center',
      padding: isVertical ? [0, 0, 0, -34] : 0,
    },
    min: spec.min,
    max: spec.max,
    minInterval: spec.leastStep ?? (spec.isInteger === true ? 1 : undefined),
    scale: true,
    axisLine: { show: !isVertical, lineStyle: { color: theme.grid } },
    axisTick: { show: false },
    axisLabel: { color: theme.faint, fontSize: 11, hideOverlap: true, formatter: spec.format },
    splitLine: { lineStyle: { color: theme.grid } },
  }
}

/** An option with two axes; `series` and a tooltip formatter are the caller's. No animation: data streams in. */
export function xyOption(
  theme: ChartTheme,
  x: AxisSpec,
  y: AxisSpec,
  series: readonly EChartsCoreOption[],
  tooltip: EChartsCoreOption,
): EChartsCoreOption {
  return {
    animation: false,
    textStyle: { fontFamily: theme.font },
    grid: { left: 46, right: 16, top: 28, bottom: 40 },
    xAxis: axis(x, theme, false),
    yAxis: axis(y, theme, true),
    tooltip: {
      confine: true,
      backgroundColor: theme.surface,
      borderColor: theme.grid,
      textStyle: { color: theme.text, fontSize: 12, fontFamily: theme.font },
      ...tooltip,
    },
    series,
  }
}
