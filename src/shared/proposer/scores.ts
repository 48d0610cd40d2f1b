// What the proposer of preset `workbench` says of members of a space: where each of its figures lies among random members, and how
// likely it is to write such a graph.
import { UNKNOWN_QUALITY } from './operation-tokens'
import { graphOf } from './members'
import { createJudge } from './judge'
import { logLikelihoods } from './objectives'
import type { RelationalGpt, VALUES } from './relational-gpt'
import type { Random } from '../random'
import type { Genotype, Space } from '../spaces/space'

export interface MemberScore {
  /** For each of `VALUES` the share of random members that it is above, 0 to 1. */
  readonly ranks: Readonly<Record<(typeof VALUES)[number], number>>
  /** Bits to write its graph in its order, connections included, its quality not shown; by the first GPT. */
  readonly bits: number
}

/** Random members that a score is told against: shares are right to about three hundredths. */
const REFERENCE = 300

/** @throws AppError `invalid-input` for a space whose architectures are read as no graph */
export function scoreMembers(
  gpts: readonly RelationalGpt[],
  space: Space,
  members: readonly Genotype[],
  random: Random,
): MemberScore[] {
  const [first] = gpts
  if (first === undefined) throw new RangeError('there is no GPT to score with')
  const judge = createJudge(gpts)
  const reference = judge.judge(Array.from({ length: REFERENCE }, () => graphOf(space, space.random(random))))
  const graphs = members.map((member) => graphOf(space, member))
  const figures = judge.judge(graphs)
  const nats = logLikelihoods(first, graphs, UNKNOWN_QUALITY)
  return members.map((_, i) => {
    const rankOf = (column: number): number => {
      const value = figures[i]?.[column] ?? 0
      return reference.filter((row) => (row[column] ?? 0) < value).length / REFERENCE
    }
    const ranks = { quality: rankOf(0), capacity: rankOf(1), depth: rankOf(2) }
    return { ranks, bits: -(nats[i] ?? NaN) / Math.LN2 }
  })
}
