// Members under several objectives: the place that NSGA-II's crowded comparison gives each (Deb et al. 2002), which strategies that
// compare by one figure use as it; and who survives from generation to generation. With one objective nothing changes.
import { crowdedOrder } from '../objectives/pareto'
import type { Member } from './strategy'

const known = ({ objectives }: Member): boolean => objectives !== undefined

/** Whether these are compared by more than one figure. */
export const isMultiObjective = (members: readonly Member[]): boolean => members.some(known)

/** Best first; those without a result are left out. */
function inOrder(members: readonly Member[]): Member[] {
  const compared = members.filter(known)
  return crowdedOrder(compared.map(({ objectives }) => objectives ?? [])).flatMap((index) => compared[index] ?? [])
}

/** The same members in the same order, their fitness the place they have among each other, 0 for the first and less for each other. */
export function inOneFigure(members: readonly Member[]): readonly Member[] {
  if (!isMultiObjective(members)) return members
  const places = new Map(inOrder(members).map(({ trialId }, place) => [trialId, -place]))
  return members.map((member) => ({ ...member, fitness: places.get(member.trialId) }))
}

/**
 * Parents of the next generation: of those so far and each new generation the best `size`, generation after generation. Best first,
 * with their place as fitness.
 */
export function survivors(history: readonly (readonly Member[])[], size: number): readonly Member[] {
  let alive: readonly Member[] = []
  for (const generation of history) alive = inOrder([...alive, ...generation]).slice(0, size)
  return alive.map((member, place) => ({ ...member, fitness: -place }))
}
