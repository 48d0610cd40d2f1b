// Features of any space, also of one that tells none of its own, as a surrogate reads them.
import { featuresOfWords, type Features } from '../spaces/features'
import type { Genotype, Space } from '../spaces/space'

function toldFeatures(space: Space): (genotype: Genotype) => Features {
  if (space.features !== undefined) return space.features
  return (genotype) => {
    const words = Array.from({ length: space.positions(genotype) }, (_, position) => space.nameAt(genotype, position))
    return featuresOfWords({ kind: 'chain' }, words)
  }
}

/**
 * What the space tells; of one that tells nothing, the words at its positions as a chain.
 * @param readsDead whether choices that nothing passes are told apart by what they are, as searches did before decision 194
 */
export function featuresOf(space: Space, readsDead = false): (genotype: Genotype) => Features {
  const told = toldFeatures(space)
  if (readsDead) return told
  return (genotype) => {
    const features = told(genotype)
    return features.live === undefined ? features : { ...features, choices: features.live }
  }
}
