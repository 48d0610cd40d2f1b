// What trained chains let expect of the members of a space before one of them is trained there: the judge of chains, for whichever space
// tells figures of its architectures (docs/proposer.md#a-judge-of-chains).
import type { ChainJudge } from '../../strategies/strategy'
import type { Genotype, Space } from '../../spaces/space'
import { figureReader } from './figures'
import { createRandom } from '../../random'
import { predict } from './process'
import type { ChainModel } from './model'

/** Random members that its answers are held against. */
const REFERENCE = 300
const TINY = 1e-6

/** With mean 0 and deviation 1 over random members: what a process expects varies less than what comes out. */
function standardised(space: Space, expects: (genotype: Genotype) => number): (genotype: Genotype) => number {
  const measure = () => {
    const random = createRandom(0).fork('chain-judge')
    const values = Array.from({ length: REFERENCE }, () => expects(space.random(random)))
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
    return { mean, deviation: Math.max(deviation, TINY) }
  }
  // With the first question: whoever only wants to know whether there is a judge waits for nothing.
  let scale: ReturnType<typeof measure> | undefined
  // A search asks of each candidate again with every result.
  const answers = new WeakMap<Genotype, number>()
  return (genotype) => {
    const known = answers.get(genotype)
    if (known !== undefined) return known
    const { mean, deviation } = (scale ??= measure())
    const answer = (expects(genotype) - mean) / deviation
    answers.set(genotype, answer)
    return answer
  }
}

/** @param trust how far it was right where it had seen nothing: Spearman's correlation with what was measured on another data set */
export function chainJudge(name: string, model: ChainModel, trust: number): ChainJudge {
  const known = new WeakMap<Space, ((genotype: Genotype) => number) | null>()
  return {
    name,
    trust,
    of(space) {
      const before = known.get(space)
      if (before !== undefined) return before ?? undefined
      const { titles, counted, rows, processes } = model
      const read = figureReader(space, titles)
      const made =
        read === undefined ? null : standardised(space, (genotype) => predict(processes, rows, counted, read(genotype)))
      known.set(space, made)
      return made ?? undefined
    },
  }
}
