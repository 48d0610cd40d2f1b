// A genotype as the surrogate reads it, made of what every space answers; a space that knows more of itself says so.
import { graphOfWords, pathsOfWords, wiringOf, type PositionWords } from '../language/graphs/wiring'
import type { Genotype, Space } from '../spaces/space'
import type { Encoding } from './points'

/** Reads the words at each position of a space. */
export function wordEncoder(space: Space, positions: readonly PositionWords[]): (genotype: Genotype) => Encoding {
  const wiring = wiringOf(positions)
  return (genotype) => {
    const words = Array.from({ length: space.positions(genotype) }, (_, position) => space.nameAt(genotype, position))
    return { choices: words, paths: pathsOfWords(wiring, words), graph: graphOfWords(wiring, words) }
  }
}
