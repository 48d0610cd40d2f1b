// Shape and cost repair of a chain: makes the sizes of every block fit and the whole fit the limits by changing widths
// and strides alone. Block names, their order and their number stay, because they are what crossover and the proposer
// chose. The paper does not say how in and out sizes are matched; docs/decisions/010-chain-repair.md says how we do it.
import type { ChainContext } from './context'
import { STRIDES, WIDTH_RATIOS, type ChainGene, type Stride, type WidthRatio } from './genotype'
import { isStep } from '../skeleton'
import type { Walk, Walker } from './walk'

/** Most reductions of cost: each block can lose two width steps and gain one stride. Beyond it there is nothing left. */
const REDUCTIONS_PER_BLOCK = 3

/** Alternatives to a gene's sizes, the least change first: keep, other width, other stride, both. */
function variants(gene: ChainGene): ChainGene[] {
  const widths: WidthRatio[] = [gene.width, ...([1, 0.5, 2] as const).filter((ratio) => ratio !== gene.width)]
  const strides: Stride[] = [gene.stride, ...STRIDES.filter((stride) => stride !== gene.stride)]
  return strides.flatMap((stride) => widths.map((width) => ({ block: gene.block, width, stride })))
}

/** Sizes made to fit from left to right, each gene changed as little as it takes; undefined when a block fits nowhere. */
export function repairShapes(genes: readonly ChainGene[], walker: Walker): ChainGene[] | undefined {
  const repaired: ChainGene[] = []
  let shape = walker.stem
  for (const gene of genes) {
    let output
    for (const variant of variants(gene)) {
      const result = walker.step(shape, variant)
      if (!isStep(result)) continue
      repaired.push(variant)
      output = result.output
      break
    }
    if (output === undefined) return undefined
    shape = output
  }
  return repaired
}

/** How far over its limits a chain is, as the larger of the two quotients; 1 and below is inside. */
function excess(walk: Walk, { definition }: ChainContext): number {
  return Math.max(walk.macs / definition.maxMacs, walk.weights / definition.maxParameters)
}

/** Every chain that makes one block narrower or halves the map there, with its own cost. */
function* reductions(genes: readonly ChainGene[], walker: Walker): Generator<{ genes: ChainGene[]; walk: Walk }> {
  for (let position = 0; position < genes.length; position++) {
    const gene = genes[position]!
    const smaller: ChainGene[] = []
    const ratio = WIDTH_RATIOS.indexOf(gene.width)
    if (ratio > 0) smaller.push({ ...gene, width: WIDTH_RATIOS[ratio - 1]! })
    if (gene.stride === 1) smaller.push({ ...gene, stride: 2 })
    for (const replacement of smaller) {
      // What follows may no longer fit: its shapes are repaired as after any other change.
      const changed = repairShapes([...genes.slice(0, position), replacement, ...genes.slice(position + 1)], walker)
      if (changed === undefined) continue
      if (changed[position]!.width !== replacement.width || changed[position]!.stride !== replacement.stride) continue
      yield { genes: changed, walk: walker.walk(changed) }
    }
  }
}

/**
 * The same blocks with sizes that fit the space, or undefined when no sizes do. Deterministic. Cost is brought down by
 * the reduction that just suffices, else by the one that saves most, again and again.
 * The number of blocks is not repaired: whoever changes it keeps it inside the limits.
 */
export function repairChain(
  genes: readonly ChainGene[],
  context: ChainContext,
  walker: Walker,
): readonly ChainGene[] | undefined {
  let current = repairShapes(genes, walker)
  if (current === undefined) return undefined
  let over = excess(walker.walk(current), context)
  for (let step = 0; over > 1 && step < REDUCTIONS_PER_BLOCK * genes.length; step++) {
    let best: { genes: ChainGene[]; excess: number } | undefined
    for (const candidate of reductions(current, walker)) {
      const value = excess(candidate.walk, context)
      const isBetter = best === undefined || (value <= 1 ? best.excess > 1 || value > best.excess : value < best.excess)
      if (isBetter) best = { genes: candidate.genes, excess: value }
    }
    if (best === undefined || best.excess >= over) return undefined
    current = best.genes
    over = best.excess
  }
  return over > 1 ? undefined : current
}
