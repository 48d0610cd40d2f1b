// The block chain space (docs/method.md#search-space): stem, 10 to 20 blocks, head, within the run's limits of width and
// cost. Puts the pieces beside this file behind the interface that strategies see.
import { canonicalHash } from '../../architecture/canonical'
import type { ArchitectureDocument } from '../../architecture/document'
import { expandDocument } from '../../architecture/expand'
import type { LayerGraph, MapShape } from '../../architecture/layer'
import type { ChainSpaceDefinition } from './schema'
import { refusedGenotype } from '../genotype'
import type { Space } from '../space'
import { createChainContext, type ChainSpaceOptions } from './context'
import { chainFromDocument, chainToDocument } from './documents'
import { chainFeatures, chainFigureTitles } from './features'
import {
  CHAIN_SPACE,
  STRIDES,
  WIDTH_RATIOS,
  chainGenotype,
  genesText,
  parseChainGenotype,
  type ChainGene,
  type ChainGenotype,
} from './genotype'
import { chainDistance, chainNeighbours } from './neighbours'
import { crossChains, mutateChain } from './operators'
import { repairChain } from './repair'
import { randomChain } from './sample'
import type { BlockStep, Cost, Stepped } from '../skeleton'
import { chainProblems, createWalker, type Walk } from './walk'

export type { ChainSpaceOptions } from './context'
export type { ChainGene, ChainGenotype } from './genotype'

export interface BlockChainSpace extends Space<ChainGenotype> {
  /** `[height, width, channels]` of the images, and of what the stem makes of them. */
  readonly inputShape: MapShape
  readonly stem: MapShape
  readonly definition: ChainSpaceDefinition
  /** Cost of the stem, and of the head behind that many channels. */
  readonly stemCost: Cost
  headCost(channels: number): Cost
  /** One block on an input of that shape, or why it cannot stand there. */
  step(input: MapShape, gene: ChainGene): Stepped<BlockStep>
  /** Sizes and cost of every block of a chain, and what is wrong with it if anything is. */
  walk(genotype: ChainGenotype): Walk
  /** The network spelled out in layers. @throws Error for a chain outside the space. */
  toGraph(genotype: ChainGenotype): LayerGraph
  /** The chain that a designed network is, or why this space cannot express it. */
  fromDocument(document: ArchitectureDocument): { readonly genotype: ChainGenotype } | { readonly reason: string }
}

/** Canonical keys kept; a generation asks for each of its keys several times. */
const MAX_CACHED_KEYS = 20_000

/** @throws AppError as `createChainContext`. */
export function createBlockChainSpace(options: ChainSpaceOptions): BlockChainSpace {
  const context = createChainContext(options)
  const walker = createWalker(context)
  const names = [...context.choices.keys()]
  const keys = new Map<string, string>()
  const features = chainFeatures(context, walker)
  const toDocument = (genotype: ChainGenotype, name: string): ArchitectureDocument =>
    chainToDocument(genotype, name, walker)
  const toGraph = (genotype: ChainGenotype): LayerGraph =>
    expandDocument(toDocument(genotype, CHAIN_SPACE), context.library).graph

  return {
    name: CHAIN_SPACE,
    inputShape: context.inputShape,
    stem: walker.stem,
    definition: context.definition,
    stemCost: walker.stemCost,
    headCost: (channels) => walker.headCost(channels),
    step: (input, gene) => walker.step(input, gene),
    size: () => {
      const { minBlocks, maxBlocks } = context.definition
      const genes = names.length * WIDTH_RATIOS.length * STRIDES.length
      let count = 0
      for (let length = minBlocks; length <= maxBlocks; length++) count += genes ** length
      return { count, exact: false }
    },
    parse: (json) => {
      const genotype = parseChainGenotype(json)
      const unknown = genotype.blocks.findIndex((gene) => !context.choices.has(gene.block))
      if (unknown >= 0)
        throw refusedGenotype(
          'Block chain',
          `blocks.${unknown}.block: "${genotype.blocks[unknown]!.block}" is not in this space`,
          `Use one of ${names.join(', ')}.`,
        )
      return genotype
    },
    random: (random) => randomChain(context, walker, random),
    problems: (genotype) => chainProblems(genotype.blocks, context, walker),
    mutate: (genotype, random) => mutateChain(genotype, context, walker, random),
    crossover: (first, second, random) => crossChains(first, second, context, walker, random),
    neighbours: (genotype) => chainNeighbours(genotype, context, walker),
    distance: chainDistance,
    canonicalKey: (genotype) => {
      const text = genesText(genotype.blocks)
      let key = keys.get(text)
      if (key === undefined) {
        key = canonicalHash(toGraph(genotype))
        if (keys.size < MAX_CACHED_KEYS) keys.set(text, key)
      }
      return key
    },
    features,
    figureTitles: chainFigureTitles(names),
    toDocument,
    positions: (genotype) => genotype.blocks.length,
    nameAt: (genotype, position) => {
      const gene = genotype.blocks[position]
      if (gene === undefined)
        throw new RangeError(`positions are 0 to ${genotype.blocks.length - 1}, received ${position}`)
      return gene.block
    },
    names: () => names,
    replaceAt: (genotype, position, name) => {
      const replaced = genotype.blocks.map((gene, i) => (i === position ? { ...gene, block: name } : gene))
      const repaired = repairChain(replaced, context, walker)
      return repaired === undefined ? undefined : chainGenotype(repaired)
    },
    walk: (genotype) => walker.walk(genotype.blocks),
    toGraph,
    fromDocument: (document) => chainFromDocument(document, context, walker),
  }
}
