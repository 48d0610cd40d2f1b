// Test double of the proposer: refills emptied positions with seeded random names of the space.
import { createRandom } from '../../random'
import type { Space } from '../../spaces/space'
import type { Reconstructor } from '../strategy'

export function createRandomReconstructor(space: Space): Reconstructor {
  return {
    reconstruct: (requests) =>
      Promise.resolve(
        requests.map(({ genotype, positions, seed }) => {
          const random = createRandom(seed)
          let current = genotype
          const choices = positions.map((position) => {
            const fitting = random.shuffle(space.names()).flatMap((name) => {
              const next = space.replaceAt(current, position, name)
              return next === undefined ? [] : [{ name, next }]
            })
            const picked = fitting[0]!
            current = picked.next
            return { position, chosen: picked.name, probability: 1 / fitting.length, alternatives: [] }
          })
          return { genotype: current, choices }
        }),
      ),
  }
}
