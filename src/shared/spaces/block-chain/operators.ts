// Genetic operators on chains, after CNN-GA (Sun et al. 2020, section III-D): one cut point in each parent and swapped
// tails; one added, removed or altered unit per mutation. Results are repaired and always inside the space.
import type { Random } from '../../random'
import type { ChainContext } from './context'
import { STRIDES, WIDTH_RATIOS, chainGenotype, genesText, type ChainGene, type ChainGenotype } from './genotype'
import { repairChain } from './repair'
import type { Walker } from './walk'

/** Tries of an operator whose result cannot be repaired or changes nothing; then the parent goes on as it is. */
const TRIES = 30

/**
 * AE-CNN's shares (docs/method.md#genetic-algorithm); CNN-GA adds more (0.8) because its chains start short, ours start
 * at any length.
 */
const ADD = 0.4
const REMOVE = 0.3

function newGene(context: ChainContext, random: Random): ChainGene {
  const choice = random.choice([...context.choices.values()])
  return {
    block: choice.name,
    width: choice.hasWidth ? random.choice(WIDTH_RATIOS) : 1,
    // Most blocks keep the map: a chain has room for few halvings, and one more shifts all that follow.
    stride: choice.hasStride && random.chance(0.25) ? 2 : 1,
  }
}

function altered(gene: ChainGene, context: ChainContext, random: Random): ChainGene {
  const choice = context.choices.get(gene.block)
  const kinds = ['block', ...(choice?.hasWidth ? ['width'] : []), ...(choice?.hasStride ? ['stride'] : [])]
  switch (random.choice(kinds)) {
    case 'width':
      return { ...gene, width: random.choice(WIDTH_RATIOS.filter((ratio) => ratio !== gene.width)) }
    case 'stride':
      return { ...gene, stride: random.choice(STRIDES.filter((stride) => stride !== gene.stride)) }
    default:
      return { ...gene, block: random.choice([...context.choices.keys()]) }
  }
}

function edited(genes: readonly ChainGene[], context: ChainContext, random: Random): ChainGene[] {
  const { minBlocks, maxBlocks } = context.definition
  const roll = random.next()
  if (roll < ADD && genes.length < maxBlocks) {
    const position = random.integer(genes.length + 1)
    return [...genes.slice(0, position), newGene(context, random), ...genes.slice(position)]
  }
  const position = random.integer(genes.length)
  if (roll >= ADD && roll < ADD + REMOVE && genes.length > minBlocks) return genes.filter((_, i) => i !== position)
  return genes.map((gene, i) => (i === position ? altered(gene, context, random) : gene))
}

/** One edit, repaired; different genes than before unless every try failed. */
export function mutateChain(
  genotype: ChainGenotype,
  context: ChainContext,
  walker: Walker,
  random: Random,
): ChainGenotype {
  const before = genesText(genotype.blocks)
  for (let i = 0; i < TRIES; i++) {
    const repaired = repairChain(edited(genotype.blocks, context, random), context, walker)
    if (repaired !== undefined && genesText(repaired) !== before) return chainGenotype(repaired)
  }
  return genotype
}

/** Cut points that keep both children's lengths inside the limits; `undefined` when the draw does not. */
function cuts(
  first: number,
  second: number,
  context: ChainContext,
  random: Random,
): readonly [number, number] | undefined {
  const { minBlocks, maxBlocks } = context.definition
  const a = 1 + random.integer(Math.max(1, first - 1))
  const b = 1 + random.integer(Math.max(1, second - 1))
  const lengths = [a + second - b, b + first - a]
  return lengths.every((length) => length >= minBlocks && length <= maxBlocks) ? [a, b] : undefined
}

/** Tails swapped behind one cut in each parent, both children repaired; the parents themselves when every try failed. */
export function crossChains(
  first: ChainGenotype,
  second: ChainGenotype,
  context: ChainContext,
  walker: Walker,
  random: Random,
): readonly [ChainGenotype, ChainGenotype] {
  for (let i = 0; i < TRIES; i++) {
    const cut = cuts(first.blocks.length, second.blocks.length, context, random)
    if (cut === undefined) continue
    const [a, b] = cut
    const children = [
      [...first.blocks.slice(0, a), ...second.blocks.slice(b)],
      [...second.blocks.slice(0, b), ...first.blocks.slice(a)],
    ].map((genes) => repairChain(genes, context, walker))
    const [left, right] = children
    if (left !== undefined && right !== undefined) return [chainGenotype(left), chainGenotype(right)]
  }
  return [first, second]
}
