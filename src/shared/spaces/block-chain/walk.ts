// From relative genes to absolute sizes: walks a chain from the stem, asks each block for its shape and cost once per
// input and adds up. Everything else of the space (sampling, repair, limits) is built on these steps.
import { costOf } from '../../architecture/cost'
import { expandDocument } from '../../architecture/expand'
import { chainDocument, cifarStem, classifierHead } from '../../architecture/document'
import { outputShape } from '../../architecture/infer'
import type { ParameterValues, TensorShape } from '../../architecture/layer'
import { AppError } from '../../errors'
import { aboveLimit } from '../../figures'
import type { ChainContext } from './context'
import type { ChainGene } from './genotype'

/** One block on one input. */
export interface Step {
  readonly parameters: ParameterValues
  readonly output: TensorShape
  readonly macs: number
  /** Trainable parameters. */
  readonly weights: number
}
export type StepResult = Step | { readonly reason: string }

export interface Walk {
  /** Steps as far as they go; all of them when there is no problem. */
  readonly steps: readonly Step[]
  readonly problem: { readonly position: number; readonly reason: string } | undefined
  /** Stem, blocks and head for one image; of the walked part only when there is a problem. */
  readonly macs: number
  readonly weights: number
}

/** For one image; `weights` are trainable parameters. */
export interface Cost {
  readonly macs: number
  readonly weights: number
}

export interface Walker {
  readonly stem: TensorShape
  readonly stemCost: Cost
  headCost(channels: number): Cost
  step(input: TensorShape, gene: ChainGene): StepResult
  walk(genes: readonly ChainGene[]): Walk
}

export const isStep = (result: StepResult): result is Step => !('reason' in result)

/** Steps kept; a run of 600 architectures meets a few thousand. */
const MAX_CACHED_STEPS = 50_000

export function createWalker(context: ChainContext): Walker {
  const { definition, inputShape, classes, choices, library } = context
  const bare = expandDocument(
    chainDocument({
      name: 'bare',
      inputShape,
      classes,
      stem: cifarStem(definition.stemWidth),
      blocks: [],
      head: classifierHead(),
    }),
    library,
  ).graph
  const bareCost = costOf(bare)
  const stem: TensorShape = [inputShape[0]!, inputShape[1]!, definition.stemWidth]
  const headCost = (channels: number): Cost => ({ macs: channels * classes, weights: (channels + 1) * classes })
  const bareHead = headCost(definition.stemWidth)
  const stemCost: Cost = { macs: bareCost.macs - bareHead.macs, weights: bareCost.parameters - bareHead.weights }
  const cache = new Map<string, StepResult>()

  const compute = (input: TensorShape, gene: ChainGene): StepResult => {
    const choice = choices.get(gene.block)
    if (choice === undefined) return { reason: `block "${gene.block}" is not in this space` }
    if (!choice.hasWidth && gene.width !== 1) return { reason: `block "${gene.block}" keeps the width of its input` }
    if (!choice.hasStride && gene.stride !== 1) return { reason: `block "${gene.block}" keeps the size of its input` }
    const width = input[2]! * gene.width
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
    try {
      const graph = choice.definition.expand(parameters, input)
      const output = outputShape(graph)
      if (output.length !== 3) return { reason: `block "${gene.block}" does not end in a map` }
      if (output[0]! < context.minSize || output[1]! < context.minSize)
        return {
          reason: `a map of ${output[0]}x${output[1]} is below the least of ${context.minSize}x${context.minSize}`,
        }
      // A user's block may set its width itself.
      if (output[2]! > definition.maxWidth)
        return { reason: `width ${output[2]} is above the limit of ${definition.maxWidth}` }
      const cost = costOf(graph)
      return { parameters, output, macs: cost.macs, weights: cost.parameters }
    } catch (error) {
      if (error instanceof AppError) return { reason: error.message }
      throw error
    }
  }

  const step = (input: TensorShape, gene: ChainGene): StepResult => {
    const key = `${gene.block}:${gene.width}:${gene.stride}:${input[0]}x${input[1]}x${input[2]}`
    let result = cache.get(key)
    if (result === undefined) {
      result = compute(input, gene)
      if (cache.size < MAX_CACHED_STEPS) cache.set(key, result)
    }
    return result
  }

  const walk = (genes: readonly ChainGene[]): Walk => {
    const steps: Step[] = []
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
    const head = headCost(shape[2]!)
    return { steps, problem: undefined, macs: macs + head.macs, weights: weights + head.weights }
  }
  return { stem, stemCost, headCost, step, walk }
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
