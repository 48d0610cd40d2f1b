// A proposer that knows nothing of what is banned or pinned, in a search that has such rules: what it writes is put right, and each
// place is told as it then stands.
import { createRandom } from '../random'
import { mendedIn } from '../spaces/constrained'
import type { Space } from '../spaces/space'
import type { Reconstructor } from './strategy'

/** @param space as `constrainedSpace` gives it; one without rules changes nothing */
export function constrainedReconstructor(reconstructor: Reconstructor, space: Space): Reconstructor {
  return {
    reconstruct: async (requests) => {
      const answers = await reconstructor.reconstruct(requests)
      return answers.map((answer, index) => {
        const request = requests[index]
        if (request === undefined || space.problems(answer.genotype).length === 0) return answer
        const random = createRandom(request.seed).fork('rules')
        // Where its architecture cannot be put right, the one that was to be rebuilt stands.
        const genotype = mendedIn(space, answer.genotype, random) ?? request.genotype
        const choices = answer.choices
          .filter(({ position }) => position < space.positions(genotype))
          .map((choice) => {
            const chosen = space.nameAt(genotype, choice.position)
            if (chosen === choice.chosen) return choice
            const named = choice.alternatives.find(({ name }) => name === chosen)
            return { ...choice, chosen, probability: named?.probability ?? 0 }
          })
        return { genotype, choices }
      })
    },
  }
}
