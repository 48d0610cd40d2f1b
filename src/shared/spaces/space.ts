// What a search space is: the set of architectures a search may visit, seen through compact genotypes.
// Strategies work on genotypes only; documents, shapes and costs are derived. What only some spaces can do is an optional
// member, so that whoever needs it asks for it and says what is missing.
import type { BlockLibrary } from '../architecture/block'
import type { ArchitectureDocument } from '../architecture/document'
import type { TensorShape } from '../architecture/layer'
import type { Grammar } from '../language/workbench/grammar'
import type { Random } from '../random'
import type { Features } from './features'

/** Compact JSON inside its space; each space narrows it. Its schema is genotype.ts's. */
export type Genotype = { readonly [key: string]: unknown }

/** What a space needs to know of the data its architectures are for. */
export interface DataFacts {
  /** `[height, width, channels]` of one image. */
  readonly shape: TensorShape
  readonly classes: number
}

/** The space's sentences in preset `workbench`; no `<start>`, `<end>` or space around the tokens. */
export interface SpaceCodec<G> {
  encode(genotype: G): number[]
  /** Inverse of `encode`. @throws AppError `invalid-input` naming the token that does not belong there. */
  decode(tokens: readonly number[]): G
  readonly grammar: Grammar
}

/** What was measured of one architecture, by whoever wrote the space's table. */
export interface Measurement {
  readonly fitness: number
  /** For reports only, never for a search; undefined where it was not measured. */
  readonly report: number | undefined
  /** In the order of the table's `costNames`; undefined where it was not measured. */
  readonly costs: readonly (number | undefined)[]
}

export interface MeasuredTable<G> {
  readonly costNames: readonly string[]
  /** Undefined for an architecture that was not measured. */
  row(genotype: G): Measurement | undefined
}

/** What people are told of a space beside its size. */
export interface SpaceDescription {
  /** What its architectures are called, in the plural. */
  readonly noun: string
  /** What it consists of, by name. */
  readonly parts: Readonly<Record<string, unknown>>
  /** Number of isomorphism classes, where it is published. */
  readonly classes?: number
}

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

  /** Why `toDocument` has nothing to give: choices are mere words. Absent where every genotype has a document. */
  readonly undocumented?: string
  /** Why it is above the limits of a search, which only a limited space has (limited.ts); null where it is within. */
  exceeds?(genotype: G): string | null
  /** The genotype that a designed network is, or why this space cannot express it. */
  fromDocument?(document: ArchitectureDocument): { readonly genotype: G } | { readonly reason: string }
  /** Every architecture once, in a fixed order; absent where they are too many to list. */
  all?(): Iterable<G>
  readonly codec?: SpaceCodec<G>
  readonly table?: MeasuredTable<G>
  /** What a surrogate measures distances by; one that tells nothing is read word by word. */
  features?(genotype: G): Features
  /** What each of `Features.figures` is; absent where nothing was learned elsewhere that could find its own among them. */
  readonly figureTitles?: readonly string[]
  describe?(): SpaceDescription
}

/** One kind of space, as its folder hands it to the registry; the definition's schema is `schema.ts` beside it. */
export interface SpaceKind<D> {
  /** @throws AppError `invalid-input`, `invalid-architecture` when the definition leaves no architecture */
  open(definition: D, facts: DataFacts, library: BlockLibrary): Space
}
