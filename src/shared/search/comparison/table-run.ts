// A search whose evaluations cost nothing: a strategy on a space whose table says what each architecture is worth. The same
// proposals as in a run, without an engine; for comparing strategies over many seeds.
import type { Genotype, Measurement, Space } from '../../spaces/space'
import { generationContext, type Member, type Strategy } from '../../strategies/strategy'

export interface TableRunOptions {
  /** With a table. */
  readonly space: Space
  readonly strategy: Strategy
  /** The strategy's part of a definition. */
  readonly own: { readonly name: string }
  /** Distinct architectures. */
  readonly budget: number
  readonly seed: number
}

/** Architectures of a generation of those strategies that need whole generations; the size the published rows have. */
const GENERATION = 10
/** Generations without anything new before a search counts as ended: the space, or what the strategy sees of it, is used up. */
const MOST_IDLE_GENERATIONS = 200

/**
 * What was measured of each distinct architecture, in the order in which the search came to it; at most `budget`, fewer where
 * it finds nothing new.
 */
export async function searchTable({ space, strategy, own, budget, seed }: TableRunOptions): Promise<Measurement[]> {
  const { table } = space
  if (table === undefined) throw new Error(`space ${space.name} has no table`)
  const populationSize = strategy.isSequential === true ? 1 : GENERATION
  const found = new Map<string, Measurement>()
  const history: Member[][] = []
  const base = { space, populationSize, generations: Math.ceil(budget / populationSize), seed, seeds: [] }
  for (let idle = 0; found.size < budget && idle < MOST_IDLE_GENERATIONS; idle++) {
    const proposals = await strategy.propose(generationContext({ ...base, history }, history.length), own)
    const before = found.size
    const firstId = history.length * populationSize + 1
    history.push(
      proposals.map(({ genotype, origin }, i) => {
        const row = measure(genotype)
        return { trialId: firstId + i, genotype, origin, fitness: row?.fitness }
      }),
    )
    if (found.size > before) idle = -1
  }
  return [...found.values()]

  function measure(genotype: Genotype): Measurement | undefined {
    const row = table?.row(genotype)
    const key = space.canonicalKey(genotype)
    if (row !== undefined && found.size < budget && !found.has(key)) found.set(key, row)
    // Equal architectures are one evaluation, whatever a table says of each.
    return found.get(key)
  }
}
