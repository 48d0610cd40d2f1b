// What the searches of a workspace have found out, as the relational GPT learns it: each architecture's graph with its fitness. Results
// are held against each other within one space, data set, recipe, evaluator and length of training, whichever runs they are of.
import { storedLibrary } from '@shared/architecture/library'
import { errorData } from '@shared/errors'
import { epochShare, imagesAt, rungText, sideAt } from '@shared/search/rung-images'
import { halvingOf } from '@shared/search/rungs'
import type { RunDefinition } from '@shared/search/run'
import type { LabelledGraph } from '@shared/proposer/fine-tuning'
import { nextTurn } from '@node/waiting'
import { featuresOf } from '@shared/surrogate/features-of'
import { hasMeaning } from '@shared/strategies/first-picks'
import { engineEvaluator } from '../evaluators/registry'
import type { Datasets } from '../datasets/datasets'
import { spaceOfRun } from '../runs/space'
import { listRuns, type RunRecord } from '../storage/runs'
import type { Store } from '../storage/store'
import { listTrials } from '../storage/trials'
import { comparableResults } from './comparable-results'

/** Reading a chain as its layers takes about a millisecond. */
const TURN_EVERY = 20

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

/** Equal for results that can be held against each other. @param epochs after which they were told; null at their end */
function groupOf(definition: RunDefinition, epochs: number | null): string {
  const { space, evaluator, data, recipe } = definition
  const halving = halvingOf(definition)
  const part = halving === null ? 1 : epochShare(halving, 0)
  const images = halving === null || part === 1 ? [] : [imagesAt(halving, 0), sideAt(halving, 0)]
  return JSON.stringify([space.kind, evaluator, data, recipe, ...(epochs === null ? [] : [epochs]), ...images])
}

interface Found {
  /** By what decides an evaluation. */
  readonly graphs: ReadonlyMap<string, LabelledGraph>
  readonly notes: readonly string[]
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
      for (const [key, graph] of found.graphs) graphs.set(key, graph)
      notes.push(...found.notes)
      if (found.graphs.size > 0) runs.push(run.number)
      else notes.push(`Run ${run.number} has no result that the GPT can read.`)
    } catch (thrown) {
      notes.push(`Run ${run.number} is left out: ${errorData(thrown).message}`)
    }
  }
  return { graphs: [...graphs.values()], runs, notes }
}

async function graphsOf({ store, datasets }: TrialTools, run: RunRecord): Promise<Found> {
  const { definition } = run
  // One architecture, or one trained again on more images, is held against nothing.
  if (definition.space.kind === 'single' || definition.final !== null) return { graphs: new Map(), notes: [] }
  const facts = engineEvaluator(definition).images(definition, datasets)
  const space = spaceOfRun(definition, facts, storedLibrary(run.userBlocks))
  const features = featuresOf(space)
  const { results, epochs, leftOut } = comparableResults(definition, await listTrials(store.db, run.id))
  const group = groupOf(definition, epochs)
  const graphs = new Map<string, LabelledGraph>()
  for (const [index, { trial, fitness }] of results.entries()) {
    if (index % TURN_EVERY === 0) await nextTurn()
    const { graph, layers } = features(space.parse(trial.genotype))
    const read = graph ?? layers?.()
    if (read !== undefined && hasMeaning([read])) graphs.set(trial.evaluationKey, { graph: read, fitness, group })
  }
  const halving = halvingOf(definition)
  const plain = `${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}`
  const after = halving !== null && epochShare(halving, 0) < 1 ? rungText(halving, 0) : plain
  const at = epochs === null ? '' : `, each by its accuracy after ${after}`
  const out = leftOut.length === 0 ? '' : `; left out are ${leftOut.join(' and ')}`
  const isPlain = at === '' && out === ''
  return {
    graphs,
    notes: isPlain ? [] : [`Run ${run.number}: ${graphs.size} architectures${at}${out}.`],
  }
}
