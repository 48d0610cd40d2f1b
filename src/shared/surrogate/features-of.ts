// Features of any space, also of one that tells none of its own.
import { featuresOfWords, type Features } from '../spaces/features'
import type { Genotype, Space } from '../spaces/space'

/** What the space tells; of one that tells nothing, the words at its positions as a chain. */
export function featuresOf(space: Space): (genotype: Genotype) => Features {
  if (space.features !== undefined) return space.features
  return (genotype) => {
    const words = Array.from({ length: space.positions(genotype) }, (_, position) => space.nameAt(genotype, position))
    return featuresOfWords({ kind: 'chain' }, words)
  }
}
