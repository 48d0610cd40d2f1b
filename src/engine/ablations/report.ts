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

export interface Reported {
  readonly definition: RunDefinition
  readonly seeds: number
  readonly summary: AblationSummary
  readonly cells: readonly Cell[]
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escaped = (text: string): string => text.replace(/[&<>"']/g, (one) => ESCAPES[one] ?? one)

const STYLE = `
:root { color-scheme: light dark; --line: #8883; --card: #fff; }
body { max-width: 980px; margin: 32px auto; padding: 0 24px; font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 24px; } h2 { margin-top: 32px; font-size: 18px; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 4px 12px 4px 0; border-bottom: 1px solid var(--line); text-align: right; }
th:first-child, td:first-child { text-align: left; }
figure { margin: 16px 0; padding: 12px; border-radius: 8px; background: var(--card); }
figure svg { display: block; max-width: 100%; height: auto; }
.cells { overflow-x: auto; font-size: 13px; }
.faint { opacity: .7; } pre { overflow: auto; padding: 12px; border: 1px solid var(--line); border-radius: 8px; font-size: 12px; }`

const row = (cells: readonly string[], tag: 'td' | 'th' = 'td'): string =>
  `<tr>${cells.map((cell) => `<${tag}>${cell}</${tag}>`).join('')}</tr>`
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  `<table><thead>${row(head.map(escaped), 'th')}</thead><tbody>${rows.map((cells) => row(cells.map(escaped))).join('')}</tbody></table>`

type Figures = NonNullable<StrategyFigures['final']>
const figure = (reading: FitnessReading, value: number): string => fitnessFigure(reading, value, 2)
const figures = (reading: FitnessReading, of: Figures | null): string[] =>
  of === null
    ? ['', '', '']
    : [figure(reading, of.mean), figure(reading, of.std), `${figure(reading, of.low)} to ${figure(reading, of.high)}`]

/** The definition without what a user's table holds: that may be megabytes. */
function shownDefinition({ space, strategy: _strategy, seed: _seed, ...definition }: RunDefinition): string {
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
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(definition.name)}: strategies compared</title><style>${STYLE}</style></head>
<body>
<h1>${escaped(definition.name)}: strategies compared</h1>
<p>${seeds} ${seeds === 1 ? 'seed' : 'seeds'}, the same for every strategy; ${plannedEvaluations(definition)} distinct architectures each. The figure is the best ${escaped(reading.name)} of a search; intervals are 95 % bootstrap intervals of the mean over seeds.</p>
<h2>At the end</h2>
${table(['Strategy', 'Seeds', 'Mean', 'Std', '95 % interval', ...(hasReport ? ['Reported'] : [])], finals)}
<h2>Differences of pairs with the same seed</h2>
${pairs || '<p>Nothing to compare yet.</p>'}
<h2>The best so far</h2>
<figure>${svg}</figure>
<p class="faint">Mean over seeds; dashed, the interval of the mean. A search that has ended keeps its best.</p>
${failures === '' ? '' : `<h2>What came to nothing</h2><ul>${failures}</ul>`}
<h2>Every search</h2>
<div class="cells">${table(['Seed', ...names], bySeed)}</div>
<h2>The definition</h2>
<pre>${escaped(shownDefinition(definition))}</pre>
</body>
</html>
`
}

/** @returns the file, in `folder` */
export async function writeReport(folder: string, reported: Reported): Promise<string> {
  const file = path.join(folder, 'report.html')
  await writeFileWhole(file, await reportHtml(reported))
  return file
}
