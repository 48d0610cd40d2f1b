// What a search space is: the set of architectures a search may visit, seen through compact genotypes.
// Strategies work on genotypes only; documents, shapes and costs are derived.
import type { ArchitectureDocument } from '../architecture/document'
import type { Random } from '../random'

/** Compact JSON inside its space; each space narrows it. */
export type Genotype = { readonly [key: string]: unknown }

export interface Space<G extends Genotype = Genotype> {
  readonly name: string
  /** Exact number of genotypes, or an upper bound where counting is not exact. */
  size(): { readonly count: number; readonly exact: boolean }
  /** Parses untrusted JSON. @throws AppError `invalid-architecture` naming the place. */
  parse(json: unknown): G
  /** A random valid genotype. @throws AppError when the constraints leave nothing after a bounded number of tries. */
  random(random: Random): G
  /** Empty when the architecture is inside the space and within its limits; otherwise one reason each. */
  problems(genotype: G): readonly string[]
  mutate(genotype: G, random: Random): G
  crossover(first: G, second: G, random: Random): readonly [G, G]
  /** Genotypes one edit away, bounded, in a fixed order. */
  neighbours(genotype: G): readonly G[]
  /** Number of edits between two genotypes; 0 only for equal ones. */
  distance(first: G, second: G): number
  /** Equal for equal architectures, whatever their genotypes. */
  canonicalKey(genotype: G): string
  toDocument(genotype: G, name: string): ArchitectureDocument
  /** Number of places reconstruction may empty (blocks of a chain, operations of a cell). */
  positions(genotype: G): number
  /** What stands at a place: a block's or an operation's name. @throws RangeError outside [0, positions). */
  nameAt(genotype: G, position: number): string
  /** Names that may stand at a place of some architecture of the space, in a fixed order. */
  names(): readonly string[]
  /**
   * A copy with `name` at `position`; its sizes are those of what stood there where the new one allows them, and the
   * rest of the architecture is repaired as little as it takes. Undefined when that name cannot stand there.
   */
  replaceAt(genotype: G, position: number, name: string): G | undefined
}
