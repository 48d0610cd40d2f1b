// How many trials a run will have, from its definition alone.
import type { RunDefinition } from './run'

/** Trials of all generations, repeats included, or fewer where the run stops earlier by number. A time limit may stop it before. */
export function plannedTrials(definition: Pick<RunDefinition, 'populationSize' | 'generations' | 'maxTrials'>): number {
  const all = definition.populationSize * definition.generations
  return definition.maxTrials === null ? all : Math.min(all, definition.maxTrials)
}
