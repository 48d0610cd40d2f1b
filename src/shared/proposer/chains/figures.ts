// A block chain as the judge of chains reads it: its figures (spaces/block-chain/features.ts) as deviations among random members of its own
// space. "More weights than most here" means the same at other limits; what a block of the user's is, its traits say and its name does not.
import { createRandom } from '../../random'
import type { Genotype, Space } from '../../spaces/space'

/** Random members that a figure is held against: deviations are right to about five hundredths. */
const REFERENCE = 300
/** Beyond so many deviations a figure only says that it is unlike all others; what was learned ends before. As in first-picks.ts. */
const MOST_DEVIATIONS = 3
/** Of what the judge knows, a space must tell so much. Chosen by us: without half of the blocks that is still so. */
const LEAST_KNOWN = 0.5
const TINY = 1e-6

export type FigureReader = (genotype: Genotype) => Float64Array

/** By titles: drawing the reference takes longer than reading. */
const readers = new WeakMap<Space, Map<string, FigureReader | undefined>>()

/**
 * @param titles of the figures to read, in their order
 * @returns 0, the mean, where the space has no such figure or it never varies; undefined where the space tells too few of them
 */
export function figureReader(space: Space, titles: readonly string[]): FigureReader | undefined {
  const own = readers.get(space) ?? new Map<string, FigureReader | undefined>()
  readers.set(space, own)
  const key = titles.join()
  const known = own.get(key)
  if (known !== undefined || own.has(key)) return known
  const made = makeReader(space, titles)
  own.set(key, made)
  return made
}

function makeReader(space: Space, titles: readonly string[]): FigureReader | undefined {
  const { figureTitles = [] } = space
  const features = space.features?.bind(space)
  const places = titles.map((title) => figureTitles.indexOf(title))
  const known = places.filter((place) => place >= 0).length
  if (features === undefined || known === 0 || known < LEAST_KNOWN * titles.length) return undefined
  const raw = (genotype: Genotype): number[] => {
    const { figures = [] } = features(genotype)
    return places.map((place) => (place < 0 ? 0 : (figures[place] ?? 0)))
  }
  const random = createRandom(0).fork('chain-figures')
  const rows = Array.from({ length: REFERENCE }, () => raw(space.random(random)))
  const means = titles.map((_, i) => rows.reduce((sum, row) => sum + (row[i] ?? 0), 0) / rows.length)
  const deviations = titles.map((_, i) =>
    Math.sqrt(rows.reduce((sum, row) => sum + ((row[i] ?? 0) - (means[i] ?? 0)) ** 2, 0) / rows.length),
  )
  return (genotype) =>
    Float64Array.from(raw(genotype), (value, i) => {
      const deviation = deviations[i] ?? 0
      if (deviation < TINY) return 0
      return Math.max(-MOST_DEVIATIONS, Math.min(MOST_DEVIATIONS, (value - (means[i] ?? 0)) / deviation))
    })
}
