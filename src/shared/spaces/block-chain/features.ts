// A block chain as a surrogate sees it: its genes by position, and figures of where its blocks, weights and work lie. Our own
// choice; docs/method.md#surrogate says where it was tried.
import type { LayerGraph, MapShape } from '../../architecture/layer'
import type { Features } from '../features'
import type { OperationGraph } from '../../language/graphs/operation-graph'
import type { ChainContext } from './context'
import type { ChainGene, ChainGenotype } from './genotype'
import { layersOfBlock, layersOfChain, type BlockLayers } from './layers'
import type { Walker } from './walk'

/** Maps of the stem's size, of half, of a quarter, and smaller. */
const STAGES = 4
const THIRDS = 3

/** What a block is like, whatever its width. */
interface BlockTraits {
  /** Sums its input, or something made of it, with what it computed. */
  readonly isResidual: boolean
  /** Layers with a kernel, one after the other or beside one another. */
  readonly kernels: number
  readonly isPooling: boolean
}

function traitsOf({ nodes }: LayerGraph): BlockTraits {
  const count = (...kinds: readonly string[]): number => nodes.filter(({ kind }) => kinds.includes(kind)).length
  const kernels = count('conv2d', 'depthwise-conv2d', 'dense')
  return { isResidual: count('add') > 0, kernels, isPooling: kernels === 0 && count('max-pool', 'average-pool') > 0 }
}

/**
 * What each of a chain's figures is, in their order: of each block of the space by its name, then of any space of chains. Who learned in
 * one space finds by them in another what it knows.
 */
export function chainFigureTitles(names: readonly string[]): string[] {
  const stages = Array.from({ length: STAGES }, (_, stage) => `halved ${stage} times`)
  const thirds = Array.from({ length: THIRDS }, (_, third) => `third ${third + 1}`)
  return [
    ...names.map((name) => `${name}: how many`),
    ...names.map((name) => `${name}: any`),
    ...stages.flatMap((stage) =>
      ['blocks', 'residual', 'log macs', 'log weights', 'log width'].map((what) => `${stage}: ${what}`),
    ),
    ...thirds.flatMap((third) => ['residual', 'pooling', 'plain'].map((what) => `${third}: ${what}`)),
    ...['blocks', 'kernels', 'residual', 'log macs', 'log weights', 'log width', 'log side'].map(
      (what) => `all: ${what}`,
    ),
  ]
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
const mean = (numbers: readonly number[]): number => (numbers.length === 0 ? 0 : sum(numbers) / numbers.length)

/** @returns the layers of a chain inside the space */
export function chainLayers({ choices }: ChainContext, walker: Walker): (genotype: ChainGenotype) => OperationGraph {
  const known = new Map<string, BlockLayers>()
  return ({ blocks }) => {
    let input = walker.stem
    const parts = blocks.flatMap((gene) => {
      const step = walker.step(input, gene)
      const choice = choices.get(gene.block)
      if ('reason' in step || choice === undefined) return []
      // What a block consists of depends on whether its width and size change, hardly on what they are.
      const key = `${gene.block}:${gene.width}:${gene.stride}`
      const layers = known.get(key) ?? layersOfBlock(choice.definition.expand(step.parameters, input))
      known.set(key, layers)
      input = step.output
      return [layers]
    })
    return layersOfChain(parts)
  }
}

export function chainFeatures(context: ChainContext, walker: Walker): (genotype: ChainGenotype) => Features {
  const layers = chainLayers(context, walker)
  const names = [...context.choices.keys()]
  const known = new Map<string, BlockTraits>()
  // A surrogate and a judge ask of the same genotype.
  const told = new WeakMap<ChainGenotype, Features>()
  const traits = (gene: ChainGene, input: MapShape): BlockTraits => {
    const found = known.get(gene.block)
    if (found !== undefined) return found
    const choice = context.choices.get(gene.block)
    const step = walker.step(input, gene)
    if (choice === undefined || 'reason' in step) return { isResidual: false, kernels: 0, isPooling: false }
    const made = traitsOf(choice.definition.expand(step.parameters, input))
    known.set(gene.block, made)
    return made
  }

  const tell = (genotype: ChainGenotype): Features => {
    const { blocks } = genotype
    const { steps, macs, weights } = walker.walk(blocks)
    const inputs = [walker.stem, ...steps.map(({ output }) => output)]
    const parts = steps.flatMap((step, i) => {
      const gene = blocks[i]
      const input = inputs[i]
      if (gene === undefined || input === undefined) return []
      const [height, , width] = step.output
      const halvings = Math.log2(walker.stem[0] / height)
      return [{ ...traits(gene, input), step, width, stage: Math.min(STAGES - 1, Math.floor(halvings)) }]
    })
    const occurrences = new Map<string, number>()
    for (const { block } of blocks) occurrences.set(block, (occurrences.get(block) ?? 0) + 1)
    const counts = names.map((name) => occurrences.get(name) ?? 0)
    const figures = [...counts, ...counts.map((count) => Number(count > 0))]
    for (let stage = 0; stage < STAGES; stage++) {
      const here = parts.filter((part) => part.stage === stage)
      figures.push(here.length, here.filter(({ isResidual }) => isResidual).length)
      figures.push(Math.log1p(sum(here.map(({ step }) => step.macs))))
      figures.push(Math.log1p(sum(here.map(({ step }) => step.weights))))
      figures.push(mean(here.map(({ width }) => Math.log2(width))))
    }
    for (let third = 0; third < THIRDS; third++) {
      const here = parts.filter((_, i) => Math.floor((i * THIRDS) / Math.max(1, parts.length)) === third)
      figures.push(here.filter(({ isResidual }) => isResidual).length)
      figures.push(here.filter(({ isPooling }) => isPooling).length)
      figures.push(here.filter(({ isResidual, kernels }) => !isResidual && kernels > 0).length)
    }
    const [height, , width] = inputs[inputs.length - 1] ?? walker.stem
    figures.push(parts.length, sum(parts.map(({ kernels }) => kernels)))
    figures.push(parts.filter(({ isResidual }) => isResidual).length)
    figures.push(Math.log1p(macs), Math.log1p(weights), Math.log2(width), Math.log2(height))
    return {
      choices: blocks.flatMap(({ block, width, stride }) => [block, width, stride]),
      paths: [],
      figures,
      layers: () => layers(genotype),
    }
  }

  return (genotype) => {
    const before = told.get(genotype)
    if (before !== undefined) return before
    const made = tell(genotype)
    told.set(genotype, made)
    return made
  }
}
