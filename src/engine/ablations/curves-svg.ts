// The curves of a comparison as one SVG text, drawn without a window: mean of the best so far over the evaluations, with the band in
// which 95 % of the bootstrap's means lie.
import type { FitnessReading } from '@shared/evaluators/evaluator'
import { fitnessFigure } from '@shared/evaluators/fitness-text'
import type { StrategyFigures } from '@shared/search/comparison/ablation'

/** Told apart also by who does not see all colours (Okabe and Ito 2008). */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000']
const SIZE = { width: 920, height: 420 }

export async function curvesSvg(strategies: readonly StrategyFigures[], reading: FitnessReading): Promise<string> {
  // Loaded only for a report: no start pays for it.
  const [{ init, use }, { LineChart }, { GridComponent, LegendComponent }, { SVGRenderer }] = await Promise.all([
    import('echarts/core'),
    import('echarts/charts'),
    import('echarts/components'),
    import('echarts/renderers'),
  ])
  use([LineChart, GridComponent, LegendComponent, SVGRenderer])
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...SIZE })
  chart.setOption({
    animation: false,
    color: COLOURS,
    legend: { top: 0, data: strategies.map(({ strategy }) => strategy) },
    grid: { left: 64, right: 24, top: 40, bottom: 52 },
    xAxis: { type: 'value', name: 'evaluations', nameLocation: 'middle', nameGap: 30, min: 1, minInterval: 1 },
    yAxis: {
      type: 'value',
      name: reading.name,
      nameTextStyle: { align: 'left' },
      scale: true,
      axisLabel: { formatter: (value: number) => fitnessFigure(reading, value) },
    },
    series: strategies.flatMap(({ strategy, curve }, i) => {
      const colour = COLOURS[i % COLOURS.length] ?? '#000000'
      const line = (pick: (point: StrategyFigures['curve'][number]) => number) =>
        curve.map((point) => [point.evaluations, pick(point)])
      const band = {
        type: 'line',
        symbol: 'none',
        step: 'end',
        lineStyle: { width: 0.8, type: 'dashed', color: colour, opacity: 0.6 },
      }
      return [
        { ...band, data: line(({ low }) => low) },
        { ...band, data: line(({ high }) => high) },
        {
          name: strategy,
          type: 'line',
          symbol: 'none',
          step: 'end',
          lineStyle: { width: 2, color: colour },
          itemStyle: { color: colour },
          data: line(({ mean }) => mean),
        },
      ]
    }),
  })
  try {
    return chart.renderToSVGString()
  } finally {
    chart.dispose()
  }
}
