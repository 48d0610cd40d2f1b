// How many evaluations a run has room for, from its definition alone.
import type { RunDefinition } from './run'

type Planned = Pick<RunDefinition, 'populationSize' | 'generations' | 'maxEvaluations'>

/**
 * Distinct architectures: as many as fill all generations, or fewer where the definition says so. Repeats take none of them, so a
 * run may need a generation more. Other budgets may end it before.
 */
export function plannedEvaluations({ populationSize, generations, maxEvaluations }: Planned): number {
  const all = populationSize * generations
  return maxEvaluations === null ? all : Math.min(all, maxEvaluations)
}
