// Searches the cells of an ablation one after another, seed by seed, so that a beginning already has pairs. On a table nothing but the
// table is asked; anything else is a run of the workspace like any other, which is paused when the ablation is broken off.
import { setImmediate } from 'node:timers/promises'
import { refuseCancelled } from '@node/cancel'
import type { AblationEvent, AblationPlan } from '@shared/contract/ablations'
import { fitnessReading } from '@shared/evaluators/registry'
import type { Cell } from '@shared/search/comparison/ablation'
import { searchTable } from '@shared/search/comparison/table-run'
import { judgedRow } from '@shared/objectives/score'
import { bestOf } from '@shared/objectives/winners'
import { isConfirmation } from '@shared/search/confirmations'
import { plannedEvaluations } from '@shared/search/planning'
import type { RunDefinition } from '@shared/search/run'
import type { Space } from '@shared/spaces/space'
import { strategyByName, strategySchema, type StrategyDefinition } from '@shared/strategies/registry'
import type { ChainJudge, GraphJudge } from '@shared/strategies/strategy'
import type { InContextLearner } from '@shared/surrogate/in-context/learner'
import { formerRunsOf } from '../runs/former'
import { runToItsEnd, type RunTools } from '../runs/run-to-end'
import type { Store } from '../storage/store'
import { listTrials } from '../storage/trials'
import { openCells, type Cells } from './cells'
import { writeReport } from './report'

export interface AblationTools extends RunTools {
  readonly store: Store
  /** Stores a definition as a run. @returns its id */
  readonly createRun: (definition: RunDefinition) => Promise<string>
  /** For strategies that have the proposer judge. */
  readonly judge: (definition: RunDefinition) => GraphJudge | undefined
  readonly learner: () => InContextLearner | undefined
  readonly chains: () => ChainJudge | undefined
  /** The space of a definition whose evaluator is a table; null for every other evaluator. */
  readonly measuredSpace: (definition: RunDefinition) => Space | null
}

type Emit = (event: AblationEvent) => void

/** A strategy as the plan means it: with the definition's parameters where it is the definition's own. */
function strategyOf({ strategy }: RunDefinition, name: string): StrategyDefinition {
  strategyByName(name)
  return strategy.name === name ? strategy : strategySchema.parse({ name })
}

/**
 * Emits a `cell` before each and a `summary` at the end.
 * @throws AppError `cancelled` when the signal fires, `conflict` for a run of it that somebody has paused; what ends a run
 */
export async function runAblation(
  tools: AblationTools,
  { definition, strategies: names, seeds }: AblationPlan,
  emit: Emit,
  signal: AbortSignal,
): Promise<void> {
  tools.store.refuseReadOnly()
  const strategies = [...new Set(names)].map((name) => strategyOf(definition, name))
  const cells = await openCells(tools.store.folders.ablations, definition)
  const total = strategies.length * seeds
  let done = 0
  for (let repeat = 0; repeat < seeds; repeat++) {
    for (const strategy of strategies) {
      const seed = definition.seed + repeat
      const known = cells.get(strategy, seed)
      if (known?.isDone !== true) {
        refuseCancelled(signal)
        const tell = (runNumber: number | null): void =>
          emit({ type: 'cell', done, total, strategy: strategy.name, seed, runNumber })
        const named = {
          ...{ ...definition, strategy, seed, name: `${definition.name}: ${strategy.name}, seed ${seed}` },
          // The others begin cold: they learn from no former run.
          warmStart: strategyByName(strategy.name).usesFormer === true ? definition.warmStart : [],
        }
        await searchCell(tools, cells, named, known, tell, signal)
      }
      done++
    }
  }
  const planned = strategies.flatMap((strategy) =>
    Array.from({ length: seeds }, (_, repeat) => cells.get(strategy, definition.seed + repeat) ?? []).flat(),
  )
  const shown = strategies.map(({ name }) => name)
  // Statistics: loaded by whoever compares, not at every start.
  const { summariseAblation } = await import('@shared/search/comparison/summarise')
  const summary = summariseAblation(shown, planned, fitnessReading(definition))
  const report = await writeReport(cells.folder, { definition, seeds, summary, cells: planned })
  emit({ type: 'summary', done, total, summary, report })
}

async function searchCell(
  tools: AblationTools,
  cells: Cells,
  definition: RunDefinition,
  known: Cell | undefined,
  tell: (runNumber: number | null) => void,
  signal: AbortSignal,
): Promise<void> {
  const { strategy, seed } = definition
  const base = { strategy: strategy.name, seed, report: null, error: null }
  const space = strategyByName(strategy.name).usesProposer ? null : tools.measuredSpace(definition)
  if (space !== null) {
    tell(null)
    const found = await tableCell(tools, space, definition, signal)
    await cells.put(strategy, { ...base, ...found, runId: null, isDone: true })
    return
  }
  const isThere = known?.runId != null && (await tools.views.list()).some(({ id }) => id === known.runId)
  const runId = isThere ? known.runId! : await tools.createRun(definition)
  await cells.put(strategy, { ...base, curve: [], runId, isDone: false })
  const run = await runToItsEnd(tools, runId, ({ number }) => tell(number), signal)
  const curve = await curveOfRun(tools, runId)
  const error = curve.length > 0 ? null : (run.error?.message ?? 'No trial came to a fitness.')
  await cells.put(strategy, { ...base, curve, error, runId, isDone: true })
}

async function tableCell(
  { store, judge, learner, chains }: AblationTools,
  space: Space,
  definition: RunDefinition,
  signal: AbortSignal,
) {
  const strategy = strategyByName(definition.strategy.name)
  const measured = await searchTable({
    space,
    strategy,
    own: definition.strategy,
    budget: plannedEvaluations(definition),
    seed: definition.seed,
    former: await formerRunsOf(store.db, definition),
    ...(strategy.usesJudge === true && { judge: judge(definition), learner: learner(), chains: chains() }),
    populationSize: definition.populationSize,
    objective: definition.objective,
    breathe: async () => {
      // The engine answers others meanwhile.
      await setImmediate()
      refuseCancelled(signal)
    },
  })
  // As a run's best: the first of its objective. What curves show is the fitness, of every strategy alike.
  const costNames = space.table?.costNames ?? []
  const best = bestOf(
    definition.objective,
    measured.map((row) => ({ ...judgedRow(costNames, row), report: row.report })),
  )
  return {
    curve: bestSoFar(measured.map(({ fitness }) => fitness)),
    report: best?.report ?? null,
    error: best === undefined ? 'No architecture of the table was found.' : null,
  }
}

function bestSoFar(values: readonly number[]): number[] {
  let best = -Infinity
  return values.map((value) => (best = Math.max(best, value)))
}

/** Distinct architectures alone, in the order of their trials. */
async function curveOfRun({ store }: AblationTools, runId: string): Promise<number[]> {
  const known = new Set<string>()
  const values = (await listTrials(store.db, runId)).flatMap((trial) => {
    const { evaluationKey, fitness, state } = trial
    if (state !== 'finished' || fitness === null || known.has(evaluationKey) || isConfirmation(trial)) return []
    known.add(evaluationKey)
    return [fitness]
  })
  return bestSoFar(values)
}
