// How trials compare under a run's objective: one figure, or several of which none is given up for another. Every figure here is
// higher for better.
import { costNamed, KNOWN_COSTS, type Costed } from './costs'
import type { LimitsDefinition, Objective } from './schema'
import { TARGETS, type Limits } from './targets'

/** The part of a trial that is compared. */
export interface Judged extends Costed {
  /** Null while there is none. */
  readonly fitness: number | null
}

/** What one figure makes of a trial; under a front, its fitness. Undefined where there is none, or a cost that it needs is unknown. */
export function scoreOf(objective: Objective, judged: Judged): number | undefined {
  const { fitness } = judged
  if (fitness === null) return undefined
  if (objective.kind !== 'weighted') return fitness
  let score = fitness
  for (const [i, name] of objective.costs.entries()) {
    const cost = costNamed(judged, name)
    // Doublings of nothing would be worth everything.
    if (cost === undefined || cost <= 0) return undefined
    score -= (objective.weights[i] ?? 0) * Math.log2(cost)
  }
  return score
}

/** Fitness first, then each cost with its sign turned; undefined where one is unknown, or the objective is no front. */
export function objectivesOf(objective: Objective, judged: Judged): readonly number[] | undefined {
  if (objective.kind !== 'pareto' || judged.fitness === null) return undefined
  const costs = objective.costs.map((name) => costNamed(judged, name))
  return costs.every((cost) => cost !== undefined) ? [judged.fitness, ...costs.map((cost) => -cost)] : undefined
}

/** A row of a table as what is compared. @param costNames in the order of the row's costs */
export function judgedRow(
  costNames: readonly string[],
  { fitness, costs }: { readonly fitness: number; readonly costs: readonly (number | undefined)[] },
): Judged {
  const known = costNames.flatMap((name, i): [string, number][] => {
    const value = costs[i]
    return value === undefined ? [] : [[name, value]]
  })
  return { fitness, parameters: null, macs: null, costs: Object.fromEntries(known) }
}

/** Costs that an objective looks at. */
export const costsOf = (objective: Objective): readonly string[] =>
  objective.kind === 'fitness' ? [] : objective.costs

/** A target's limits and the single ones together: the lower counts. */
export function limitsOf({ target, ...single }: LimitsDefinition): Limits {
  const named: Limits = TARGETS[target]
  const both = KNOWN_COSTS.flatMap((name): [string, number][] => {
    const limits = [named[name], single[name]].filter((value) => typeof value === 'number')
    return limits.length === 0 ? [] : [[name, Math.min(...limits)]]
  })
  return Object.fromEntries(both)
}
