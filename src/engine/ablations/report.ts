// The report of a comparison: one HTML file that needs nothing else, with the words, figures and curves, and every cell by its seed.
import path from 'node:path'
import type { FitnessReading } from '@shared/evaluators/evaluator'
import { fitnessFigure } from '@shared/evaluators/fitness-text'
import { fitnessReading } from '@shared/evaluators/registry'
import type { AblationSummary, Cell, StrategyFigures } from '@shared/search/comparison/ablation'
import { plannedEvaluations } from '@shared/search/planning'
import type { RunDefinition } from '@shared/search/run'
import { writeFileWhole } from '@node/whole-file'
import { curvesSvg } from './curves-svg'
import { escaped, pageHtml, tableHtml } from './page'

export interface Reported {
  readonly definition: RunDefinition
  readonly seeds: number
  readonly summary: AblationSummary
  readonly cells: readonly Cell[]
}

type Figures = NonNullable<StrategyFigures['final']>
const figure = (reading: FitnessReading, value: number): string => fitnessFigure(reading, value, 2)
const figures = (reading: FitnessReading, of: Figures | null): string[] =>
  of === null
    ? ['', '', '']
    : [figure(reading, of.mean), figure(reading, of.std), `${figure(reading, of.low)} to ${figure(reading, of.high)}`]

/** The definition without what a user's table holds: that may be megabytes. */
export function shownDefinition({ space, strategy: _strategy, seed: _seed, ...definition }: RunDefinition): string {
  const shown =
    space.kind === 'user' ? { ...space, table: space.table === null ? null : '(kept with the runs)' } : space
  return JSON.stringify({ ...definition, space: shown }, null, 2)
}

export async function reportHtml({ definition, seeds, summary, cells }: Reported): Promise<string> {
  const reading = fitnessReading(definition)
  const names = summary.strategies.map(({ strategy }) => strategy)
  const hasReport = summary.strategies.some(({ report }) => report !== null)
  const finals = summary.strategies.map((of) => [
    of.strategy,
    String(of.seeds),
    ...figures(reading, of.final),
    ...(hasReport ? [of.report === null ? '' : figure(reading, of.report.mean)] : []),
  ])
  const bySeed = Array.from({ length: seeds }, (_, repeat) => definition.seed + repeat).map((seed) => [
    String(seed),
    ...names.map((name) => {
      const value = cells.find((cell) => cell.strategy === name && cell.seed === seed)?.curve.at(-1)
      return value === undefined ? '' : figure(reading, value)
    }),
  ])
  const svg = await curvesSvg(summary.strategies, reading)
  const pairs = summary.pairs.map(({ words }) => `<p>${words.map(escaped).join(' ')}</p>`).join('\n')
  const failures = summary.failures.map((failure) => `<li>${escaped(failure)}</li>`).join('')
  return pageHtml(
    `${definition.name}: strategies compared`,
    `<p>${seeds} ${seeds === 1 ? 'seed' : 'seeds'}, the same for every strategy; ${plannedEvaluations(definition)} distinct architectures each. The figure is the best ${escaped(reading.name)} of a search; intervals are 95 % bootstrap intervals of the mean over seeds.</p>
<h2>At the end</h2>
${tableHtml(['Strategy', 'Seeds', 'Mean', 'Std', '95 % interval', ...(hasReport ? ['Reported'] : [])], finals)}
<h2>Differences of pairs with the same seed</h2>
${pairs || '<p>Nothing to compare yet.</p>'}
<h2>The best so far</h2>
<figure>${svg}</figure>
<p class="faint">Mean over seeds; dashed, the interval of the mean. A search that has ended keeps its best.</p>
${failures === '' ? '' : `<h2>What came to nothing</h2><ul>${failures}</ul>`}
<h2>Every search</h2>
<div class="cells">${tableHtml(['Seed', ...names], bySeed)}</div>
<h2>The definition</h2>
<pre>${escaped(shownDefinition(definition))}</pre>`,
  )
}

/** @returns the file, in `folder` */
export async function writeReport(folder: string, reported: Reported): Promise<string> {
  const file = path.join(folder, 'report.html')
  await writeFileWhole(file, await reportHtml(reported))
  return file
}
