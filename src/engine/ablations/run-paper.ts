// Runs the columns of one of the paper's ablations one after another. Each is a run of the workspace, found again by its settings, so that
// the same plan goes on where it stopped and nothing is searched twice.
import { createHash } from 'node:crypto'
import path from 'node:path'
import type { PaperEvent } from '@shared/contract/ablations'
import type { PaperPlan } from '@shared/search/comparison/paper'
import { runProgress } from '@shared/search/progress'
import type { Run, RunDefinition } from '@shared/search/run'
import { AppError } from '@shared/errors'
import { refuseCancelled } from '@node/cancel'
import { writeFileWhole } from '@node/whole-file'
import { listTrials } from '../storage/trials'
import type { AblationTools } from './run-ablation'
import { runOfSettings, runToItsEnd } from '../runs/run-to-end'

export interface PaperTools extends Pick<AblationTools, 'store' | 'orchestrator' | 'views' | 'closing' | 'createRun'> {
  /** What would end a search of this definition before it has begun. */
  readonly problemsOf: (definition: RunDefinition) => Promise<readonly string[]>
}

/**
 * Emits a `column` whenever one has got further, and a `summary` at the end.
 * @throws AppError `cancelled` when the signal fires, `invalid-input` for settings that no run can have; what ends a run
 */
export async function runPaper(
  tools: PaperTools,
  plan: PaperPlan,
  emit: (event: PaperEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  tools.store.refuseReadOnly()
  // Plans, statistics and pages: loaded by whoever asks for them, not at every start.
  const [{ paperCells }, { paperReport }, { paperPage }] = await Promise.all([
    import('@shared/search/comparison/paper-plans'),
    import('@shared/search/comparison/paper-report'),
    import('./paper-page'),
  ])
  const cells = paperCells(plan)
  const [first] = cells
  const problems = first === undefined ? [] : await tools.problemsOf(first.definition)
  if (problems.length > 0) throw new AppError('invalid-input', problems.join('\n'))
  const columns = []
  for (const [done, { label, definition }] of cells.entries()) {
    refuseCancelled(signal)
    const before = await runOfSettings(tools, definition)
    const id = before?.id ?? (await tools.createRun(definition))
    const tell = (run: Run): void =>
      emit({ type: 'column', done, total: cells.length, label, runNumber: run.number, share: runProgress(run) })
    const run = await runToItsEnd(tools, id, tell, signal)
    if (run.state !== 'finished')
      throw new AppError(
        run.error?.code ?? 'conflict',
        `Run ${run.number}, "${label}", is ${run.state}. ${run.error?.message ?? ''}`.trim(),
        run.error?.fix ?? 'Start the ablation again: this column is then searched anew.',
      )
    const fitness = new Map(
      (await listTrials(tools.store.db, id)).flatMap(({ number, fitness: value, state }): [number, number][] =>
        state === 'finished' && value !== null ? [[number, value]] : [],
      ),
    )
    columns.push({ label, run: run.number, fitness })
  }
  const summary = paperReport(plan.of, columns)
  const runs = columns.map(({ label, run }) => ({ label, run }))
  // By its plan: another plan's report stays beside it.
  const name = `paper-${createHash('sha256').update(JSON.stringify(plan)).digest('hex').slice(0, 16)}`
  const report = path.join(tools.store.folders.ablations, name, 'report.html')
  await writeFileWhole(report, paperPage(plan, summary, columns))
  emit({ type: 'summary', summary, runs, report })
}
