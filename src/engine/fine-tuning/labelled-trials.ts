// What the searches of a workspace have found out, as the relational GPT learns it: each finished trial's graph with its fitness. Results
// are held against each other within one space, data set, recipe and evaluator, whichever runs they are of.
import { storedLibrary } from '@shared/architecture/library'
import { errorData } from '@shared/errors'
import type { RunDefinition } from '@shared/search/run'
import type { LabelledGraph } from '@shared/proposer/fine-tuning'
import { featuresOf } from '@shared/surrogate/features-of'
import { hasMeaning } from '@shared/strategies/first-picks'
import { engineEvaluator } from '../evaluators/registry'
import type { Datasets } from '../datasets/datasets'
import { spaceOfRun } from '../runs/space'
import { listRuns, type RunRecord } from '../storage/runs'
import type { Store } from '../storage/store'
import { listTrials } from '../storage/trials'

export interface LabelledTrials {
  readonly graphs: readonly LabelledGraph[]
  /** Numbers of the runs that they are of. */
  readonly runs: readonly number[]
  /** Why runs have no part in it. */
  readonly notes: readonly string[]
}

export interface TrialTools {
  readonly store: Store
  readonly datasets: Datasets
}

/** Equal for results that can be held against each other. */
function groupOf({ space, evaluator, data, recipe }: RunDefinition): string {
  return JSON.stringify([space.kind, evaluator, data, recipe])
}

/** @param numbers of runs; null for all of the workspace @throws AppError `storage-failed` */
export async function labelledTrials(tools: TrialTools, numbers: readonly number[] | null): Promise<LabelledTrials> {
  // A result that a run took over from another is one result.
  const graphs = new Map<string, LabelledGraph>()
  const runs: number[] = []
  const notes: string[] = []
  for (const run of (await listRuns(tools.store.db)).reverse()) {
    if (numbers !== null && !numbers.includes(run.number)) continue
    try {
      const found = await graphsOf(tools, run)
      for (const [key, graph] of found) graphs.set(key, graph)
      if (found.size > 0) runs.push(run.number)
      else notes.push(`Run ${run.number} has no result that the GPT can read.`)
    } catch (thrown) {
      notes.push(`Run ${run.number} is left out: ${errorData(thrown).message}`)
    }
  }
  return { graphs: [...graphs.values()], runs, notes }
}

/** By what decides an evaluation. */
async function graphsOf({ store, datasets }: TrialTools, run: RunRecord): Promise<ReadonlyMap<string, LabelledGraph>> {
  const { definition } = run
  // One architecture, or one trained again on more images, is held against nothing.
  if (definition.space.kind === 'single' || definition.final !== null) return new Map()
  const facts = engineEvaluator(definition).images(definition, datasets)
  const space = spaceOfRun(definition, facts, storedLibrary(run.userBlocks))
  const features = featuresOf(space)
  const group = groupOf(definition)
  const trials = (await listTrials(store.db, run.id)).filter(({ state }) => state === 'finished')
  const known = new Map<string, LabelledGraph>()
  for (const { genotype, fitness, evaluationKey } of trials) {
    if (fitness === null || known.has(evaluationKey)) continue
    const { graph, layers } = features(space.parse(genotype))
    const read = graph ?? layers?.()
    if (read !== undefined && hasMeaning([read])) known.set(evaluationKey, { graph: read, fitness, group })
  }
  return known
}
