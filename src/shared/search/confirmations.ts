// Confirmations: the best of a search evaluated again with other seeds before a winner is named (decision 136). Which ones are due is the
// engine's (runs/confirm.ts); here is how many a definition has room for, and what that leaves to the search itself.
import { plannedEvaluations } from './planning'
import type { RunDefinition } from './run'
import type { Trial } from './trial'

type Planned = Pick<
  RunDefinition,
  | 'populationSize'
  | 'generations'
  | 'maxEvaluations'
  | 'maxEpochs'
  | 'maxSeconds'
  | 'confirmBest'
  | 'confirmSeeds'
  | 'confirmShare'
  | 'evaluator'
  | 'objective'
>

/** Results of these come out otherwise with another seed; those of a table come out the same. */
const WITH_SEEDS: readonly string[] = ['training', 'command']

/** Whether a trial evaluates another one's architecture with another seed, rather than being proposed. */
export const isConfirmation = ({ origin }: Pick<Trial, 'origin'>): boolean => origin.operator === 'confirmation'

/** Architectures that are confirmed: as many as are asked for, or as many as the share of the evaluations has room for. */
export function confirmedArchitectures(definition: Planned): number {
  const { confirmBest, confirmSeeds, confirmShare, evaluator, objective } = definition
  if (confirmBest === 0 || objective.kind === 'pareto' || !WITH_SEEDS.includes(evaluator.kind)) return 0
  return Math.min(confirmBest, Math.floor((confirmShare * plannedEvaluations(definition)) / confirmSeeds))
}

/** The budgets of the search itself: what its confirmations will take is kept from it. The same definition where there are none. */
export function searchingPart<Definition extends Planned>(definition: Definition): Definition {
  const confirmed = confirmedArchitectures(definition)
  if (confirmed === 0) return definition
  const { confirmSeeds, confirmShare, maxEpochs, maxSeconds } = definition
  return {
    ...definition,
    maxEvaluations: plannedEvaluations(definition) - confirmed * confirmSeeds,
    maxEpochs: maxEpochs === null ? null : Math.max(1, Math.floor(maxEpochs * (1 - confirmShare))),
    maxSeconds: maxSeconds === null ? null : maxSeconds * (1 - confirmShare),
  }
}

/** What of the wish there is no room for, or no sense in; empty where all is well. */
export function confirmationNotes(definition: Planned): { readonly problems: string[]; readonly notes: string[] } {
  const { confirmBest, confirmSeeds, confirmShare, evaluator, objective } = definition
  if (confirmBest === 0) return { problems: [], notes: [] }
  if (objective.kind === 'pareto')
    return { problems: [], notes: ['Nothing is confirmed (confirmBest): a front has no single winner.'] }
  if (!WITH_SEEDS.includes(evaluator.kind))
    return { problems: [], notes: ['Nothing is confirmed (confirmBest): its results come out the same each time.'] }
  const confirmed = confirmedArchitectures(definition)
  const planned = plannedEvaluations(definition)
  if (confirmed === 0)
    return {
      problems: [
        `A share of ${confirmShare} of ${planned} evaluations has no room for ${confirmSeeds} confirmations of one architecture: give it a larger share (confirmShare), fewer seeds (confirmSeeds) or more evaluations.`,
      ],
      notes: [],
    }
  const fewer = confirmed < confirmBest ? `, not ${confirmBest}` : ''
  const notes = [
    `${confirmed * confirmSeeds} of ${planned} evaluations confirm: the best ${confirmed}${fewer}, each with ${confirmSeeds} other ${confirmSeeds === 1 ? 'seed' : 'seeds'}.`,
  ]
  return { problems: [], notes }
}
