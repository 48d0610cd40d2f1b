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

  return (genotype) => {
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
    const counts = names.map((name) => blocks.filter(({ block }) => block === name).length)
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
}
