// From relative genes to absolute sizes: walks a chain from the stem, asks each block for its shape and cost once per
// input and adds up. Everything else of the space (sampling, repair, limits) is built on these steps.
import type { MapShape } from '../../architecture/layer'
import { aboveLimit } from '../../figures'
import { createSkeleton, isStep, stepOf, type BlockStep, type Skeleton, type Stepped } from '../skeleton'
import type { ChainContext } from './context'
import type { ChainGene } from './genotype'

export interface Walk {
  /** Steps as far as they go; all of them when there is no problem. */
  readonly steps: readonly BlockStep[]
  readonly problem: { readonly position: number; readonly reason: string } | undefined
  /** Stem, blocks and head for one image; of the walked part only when there is a problem. */
  readonly macs: number
  readonly weights: number
}

export interface Walker extends Skeleton {
  step(input: MapShape, gene: ChainGene): Stepped<BlockStep>
  walk(genes: readonly ChainGene[]): Walk
}

/** Steps kept; a run of 600 architectures meets a few thousand. */
const MAX_CACHED_STEPS = 50_000

export function createWalker(context: ChainContext): Walker {
  const { definition, inputShape, classes, choices, library } = context
  const skeleton = createSkeleton({ inputShape, classes, stemWidth: definition.stemWidth, library })
  const { stem, stemCost, headCost } = skeleton
  const cache = new Map<string, Stepped<BlockStep>>()

  const compute = (input: MapShape, gene: ChainGene): Stepped<BlockStep> => {
    const choice = choices.get(gene.block)
    if (choice === undefined) return { reason: `block "${gene.block}" is not in this space` }
    if (!choice.hasWidth && gene.width !== 1) return { reason: `block "${gene.block}" keeps the width of its input` }
    if (!choice.hasStride && gene.stride !== 1) return { reason: `block "${gene.block}" keeps the size of its input` }
    const width = input[2] * gene.width
    if (choice.hasWidth) {
      if (!Number.isInteger(width) || width % choice.multiple !== 0)
        return { reason: `width ${width} is not a multiple of ${choice.multiple}` }
      const least = Math.max(context.minWidth, choice.minWidth)
      if (width < least) return { reason: `width ${width} is below the least of ${least}` }
      if (width > definition.maxWidth) return { reason: `width ${width} is above the limit of ${definition.maxWidth}` }
    }
    const parameters = {
      ...(choice.hasWidth ? { width } : {}),
      ...(choice.hasStride ? { stride: gene.stride } : {}),
    }
    const result = stepOf(choice.definition, parameters, input)
    if (!isStep(result)) return result
    const [height, wide, channels] = result.output
    if (height < context.minSize || wide < context.minSize)
      return { reason: `a map of ${height}x${wide} is below the least of ${context.minSize}x${context.minSize}` }
    // A user's block may set its width itself.
    if (channels > definition.maxWidth)
      return { reason: `width ${channels} is above the limit of ${definition.maxWidth}` }
    return result
  }

  const step = (input: MapShape, gene: ChainGene): Stepped<BlockStep> => {
    const key = `${gene.block}:${gene.width}:${gene.stride}:${input[0]}x${input[1]}x${input[2]}`
    let result = cache.get(key)
    if (result === undefined) {
      result = compute(input, gene)
      if (cache.size < MAX_CACHED_STEPS) cache.set(key, result)
    }
    return result
  }

  const walk = (genes: readonly ChainGene[]): Walk => {
    const steps: BlockStep[] = []
    let shape = stem
    let { macs, weights } = stemCost
    for (const gene of genes) {
      const result = step(shape, gene)
      if (!isStep(result)) return { steps, problem: { position: steps.length, reason: result.reason }, macs, weights }
      steps.push(result)
      macs += result.macs
      weights += result.weights
      shape = result.output
    }
    const head = headCost(shape[2])
    return { steps, problem: undefined, macs: macs + head.macs, weights: weights + head.weights }
  }
  return { ...skeleton, step, walk }
}

/** Why a chain is outside the space; empty when it is inside. */
export function chainProblems(genes: readonly ChainGene[], context: ChainContext, walker: Walker): string[] {
  const { minBlocks, maxBlocks, maxMacs, maxParameters } = context.definition
  const problems: string[] = []
  if (genes.length < minBlocks || genes.length > maxBlocks)
    problems.push(`a chain has ${minBlocks} to ${maxBlocks} blocks, this one has ${genes.length}`)
  const { problem, macs, weights } = walker.walk(genes)
  if (problem !== undefined) return [...problems, `block ${problem.position + 1}: ${problem.reason}`]
  if (macs > maxMacs) problems.push(aboveLimit('multiply-accumulates', macs, maxMacs))
  if (weights > maxParameters) problems.push(aboveLimit('parameters', weights, maxParameters))
  return problems
}
