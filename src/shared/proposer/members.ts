// The GPT as a writer of members of a space, whichever it is: each place in turn is emptied and filled again, from both sides, in
// proportion to how likely the whole architecture then is (Gibbs sampling: Geman & Geman 1984). The space says what may stand where, so
// that every sample is a member.
import { AppError } from '../errors'
import type { OperationGraph } from '../language/graphs/operation-graph'
import type { Random } from '../random'
import type { Genotype, Space } from '../spaces/space'
import { logLikelihoods } from './objectives'
import type { RelationalGpt } from './relational-gpt'

export interface MemberOptions {
  /** 0 to 5, as the quality token. */
  readonly quality: number
  /** Above 0; 1 is as learned, less keeps nearer to the likeliest. */
  readonly temperature: number
  /** Times that every place is filled again; the first member is a random one. */
  readonly rounds: number
  readonly random: Random
}

/** @throws AppError `invalid-input` for a space whose architectures are read as no graph */
export function sampleMember(gpt: RelationalGpt, space: Space, options: MemberOptions): Genotype {
  const { quality, temperature, rounds, random } = options
  let member = space.random(random)
  const places = Array.from({ length: space.positions(member) }, (_, position) => position)
  for (let round = 0; round < rounds; round++)
    for (const place of random.shuffle(places)) {
      const fitting: Genotype[] = []
      for (const name of space.names()) {
        const other = space.replaceAt(member, place, name)
        if (other !== undefined) fitting.push(other)
      }
      if (fitting.length === 0) continue
      const scores = logLikelihoods(
        gpt,
        fitting.map((each) => graphOf(space, each)),
        quality,
      )
      const highest = scores.reduce((most, score) => Math.max(most, score), -Infinity)
      const weights = Array.from(scores, (score) => Math.exp((score - highest) / temperature))
      let left = random.next() * weights.reduce((sum, weight) => sum + weight, 0)
      const drawn = weights.findIndex((weight) => (left -= weight) < 0)
      member = fitting[drawn < 0 ? fitting.length - 1 : drawn] ?? member
    }
  return member
}

/** @throws AppError `invalid-input` for a space whose architectures are read as no graph */
export function graphOf(space: Space, genotype: Genotype): OperationGraph {
  const graph = space.features?.(genotype).graph
  if (graph !== undefined) return graph
  throw new AppError(
    'invalid-input',
    `The proposer of preset workbench reads graphs, and an architecture of ${space.name} is read as none.`,
    'Name nas-bench-101, nas-bench-201 or a space of your own.',
  )
}
