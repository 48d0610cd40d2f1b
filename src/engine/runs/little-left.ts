// Whether a run ends by itself because too little is left to gain. Asked between generations, from stored trials alone, so that a resumed
// run ends where the undisturbed one does; what it found is told in the journal.
import { plannedEvaluations } from '@shared/search/planning'
import { fitnessFigure } from '@shared/evaluators/fitness-text'
import { fitnessReading } from '@shared/evaluators/registry'
import { createRandom } from '@shared/random'
import { constrainedSpace } from '@shared/spaces/constrained'
import type { RunDefinition } from '@shared/search/run'
import type { TrialRecord } from '../storage/trials'
import { journal, type RunContext } from './run-context'

/** Evaluations between two looks: each builds a surrogate anew, which takes a second after some hundred. Chosen by us. */
const EVERY = 10

/** @param definition that holds for the generation @param trials all of the run, each with its result */
export async function isLittleLeft(
  context: RunContext,
  definition: RunDefinition,
  generation: number,
  trials: readonly TrialRecord[],
): Promise<boolean> {
  const { prepared } = context
  const { stopBelow, seed } = definition
  // What is left to gain is asked of the fitness alone, which is not what a search with costs is about.
  if (stopBelow === null || definition.objective.kind !== 'fitness' || !crossesTen(trials)) return false
  // Loaded where it is asked for: few runs need statistics of their own.
  const { leftToGain } = await import('@shared/surrogate/left-to-gain')
  const space = constrainedSpace(prepared.space, definition)
  const tried = trials.flatMap(({ genotype, fitness, isRepeat }) =>
    fitness === null || isRepeat ? [] : [{ genotype: space.parse(genotype), fitness }],
  )
  const random = createRandom(seed).fork(`gain-${generation}`)
  const left = await leftToGain(space, tried, plannedEvaluations(definition), random, prepared.breathe)
  if (left === null) return false
  const isOver = left < stopBelow
  const figure = (value: number): string => fitnessFigure(fitnessReading(definition), value, 2)
  const message = `After ${tried.length} evaluations another one can be expected to gain ${figure(left)}, ${isOver ? 'less' : 'no less'} than the noise of ${figure(stopBelow)}.`
  await journal(context, { message }, () => Promise.resolve())
  return isOver
}

/** Whether the newest generation has brought the evaluations to or beyond a multiple of ten. */
function crossesTen(trials: readonly TrialRecord[]): boolean {
  const counted = (some: readonly TrialRecord[]): number => some.filter(({ isRepeat }) => !isRepeat).length
  const newest = trials.at(-1)?.generation ?? 0
  const before = counted(trials.filter((trial) => trial.generation < newest))
  return Math.floor(counted(trials) / EVERY) > Math.floor(before / EVERY)
}
