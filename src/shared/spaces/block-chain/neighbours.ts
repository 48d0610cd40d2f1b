// Chains one edit away, and the number of edits between two chains.
import type { ChainContext } from './context'
import { STRIDES, WIDTH_RATIOS, chainGenotype, type ChainGene, type ChainGenotype } from './genotype'
import { chainProblems, type Walker } from './walk'

/**
 * Every chain inside the space that differs by one property of one block, by one block less, or by one block standing
 * twice; by position, then kind of edit. Repair is not used: what does not fit is left out. At most 20 x (17 + blocks).
 */
export function chainNeighbours(genotype: ChainGenotype, context: ChainContext, walker: Walker): ChainGenotype[] {
  const genes = genotype.blocks
  const results: ChainGenotype[] = []
  const offer = (candidate: readonly ChainGene[]): void => {
    if (chainProblems(candidate, context, walker).length === 0) results.push(chainGenotype(candidate))
  }
  genes.forEach((gene, position) => {
    const before = genes.slice(0, position)
    const after = genes.slice(position + 1)
    for (const block of context.choices.keys())
      if (block !== gene.block) offer([...before, { ...gene, block }, ...after])
    for (const width of WIDTH_RATIOS) if (width !== gene.width) offer([...before, { ...gene, width }, ...after])
    for (const stride of STRIDES) if (stride !== gene.stride) offer([...before, { ...gene, stride }, ...after])
    offer([...before, ...after])
    offer([...before, gene, gene, ...after])
  })
  return results
}

/** Levenshtein distance: a block more or less is one edit, a changed property of a block one each. */
export function chainDistance(first: ChainGenotype, second: ChainGenotype): number {
  const [a, b] = [first.blocks, second.blocks]
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  a.forEach((gene, i) => {
    const next = [i + 1]
    b.forEach((other, j) => {
      const changed =
        (gene.block === other.block ? 0 : 1) +
        (gene.width === other.width ? 0 : 1) +
        (gene.stride === other.stride ? 0 : 1)
      next.push(Math.min(row[j]! + changed, row[j + 1]! + 1, next[j]! + 1))
    })
    row = next
  })
  return row[b.length]!
}
