// The report of one of the paper's ablations: the words, the figures of each column, every network by its number, and what was run.
import { paperCellsOfRow, paperHeadTexts } from '@shared/search/comparison/paper-text'
import type { PaperPlan, PaperReport } from '@shared/search/comparison/paper'
import { escaped, pageHtml, tableHtml } from './page'
import { shownDefinition } from './report'

export interface PaperRun {
  readonly label: string
  /** Its number in the workspace. */
  readonly run: number
  /** By the number of the trial. */
  readonly fitness: ReadonlyMap<number, number>
}

export function paperPage(plan: PaperPlan, { rows, words }: PaperReport, columns: readonly PaperRun[]): string {
  const numbers = [...new Set(columns.flatMap(({ fitness }) => [...fitness.keys()]))].sort((a, b) => a - b)
  const networks = numbers.map((number) => [
    String(number),
    ...columns.map(({ fitness }) => {
      const value = fitness.get(number)
      return value === undefined ? '' : (100 * value).toFixed(1)
    }),
  ])
  const runs = columns.map(({ label, run }) => [label, String(run)])
  return pageHtml(
    `The paper, ${plan.of}`,
    `<p>Section V-B of arXiv 2305.05351, with ${plan.networks} random networks, the same in every column. Figures are best validation accuracies in per cent; intervals are 95 % bootstrap intervals over networks.</p>
<h2>What it comes to</h2>
${tableHtml(
  paperHeadTexts(plan.of),
  rows.map((row) => paperCellsOfRow(plan.of, row)),
)}
${words.map((line) => `<p>${escaped(line)}</p>`).join('\n')}
<h2>Every network</h2>
<div class="cells">${tableHtml(['Network', ...columns.map(({ label }) => label)], networks)}</div>
<h2>Runs of the workspace</h2>
${tableHtml(['Column', 'Run'], runs)}
<h2>Space, data and recipe</h2>
<pre>${escaped(shownDefinition(plan.base))}</pre>`,
  )
}
