// Refills emptied positions with names of the space drawn at random: what a reconstruction is without knowledge.
import { createRandom } from '../random'
import type { Space } from '../spaces/space'
import type { Reconstructor } from './strategy'

/** Every name that fits a position is as likely as any other; where none does, what stood there stays. */
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
            const [picked] = fitting
            if (picked === undefined)
              return { position, chosen: space.nameAt(current, position), probability: 1, alternatives: [] }
            current = picked.next
            return { position, chosen: picked.name, probability: 1 / fitting.length, alternatives: [] }
          })
          return { genotype: current, choices }
        }),
      ),
  }
}
