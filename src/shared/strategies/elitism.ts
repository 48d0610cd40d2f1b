// Elitism and the pool of parents: the best member of all generations goes on unchanged (CNN-GA section III-E).
import type { Member, Proposal } from './strategy'
import { isFitter } from './tournament'

type History = readonly (readonly Member[])[]

/** The fittest member so far, the earliest of equals; undefined when every trial failed. */
export function bestMember(history: History): Member | undefined {
  let best: Member | undefined
  for (const member of history.flat())
    if (member.fitness !== undefined && (best === undefined || isFitter(member, best))) best = member
  return best
}

/**
 * Members with a fitness of the newest generation that has any, and the best of all generations beside them: a
 * generation that failed as a whole must not end the search. Empty when every trial failed.
 */
export function parentPool(history: History): readonly Member[] {
  const best = bestMember(history)
  if (best === undefined) return []
  for (let generation = history.length - 1; generation >= 0; generation--) {
    const alive = history[generation]!.filter((member) => member.fitness !== undefined)
    if (alive.length > 0) return alive.some((member) => member.trialId === best.trialId) ? alive : [...alive, best]
  }
  return []
}

/**
 * The elite as proposals: one, or none in a population of one, where it would leave no room for anything new.
 * It costs nothing, because its result is known.
 */
export function eliteProposals(history: History, populationSize: number): readonly Proposal[] {
  const best = bestMember(history)
  if (best === undefined || populationSize < 2) return []
  return [
    {
      genotype: best.genotype,
      origin: { operator: 'elite', parents: [best.trialId], crossover: false, mutation: false, reconstructed: [] },
    },
  ]
}
