// Block chains in preset `paper`: the tokens of stem, of each block, and the window in front of a position, which is
// what the proposer sees when that block has been eliminated. Tokens of a block are kept per input, because a search
// asks for the same few thousand blocks again and again.
import type { BlockDefinition, BlockLibrary } from '../../architecture/block'
import { blockDefinition } from '../../architecture/blocks'
import { chainDocument, cifarStem } from '../../architecture/document'
import { expandDocument } from '../../architecture/expand'
import type { ParameterValues, TensorShape } from '../../architecture/layer'
import type { BlockChainSpace, ChainGenotype } from '../../spaces/block-chain/space'
import { layerTokensOfBlock, tokenizeLayers, windowBefore } from './tokenize'

export interface ChainTokens {
  readonly stem: readonly number[]
  /** One list per block. */
  readonly blocks: readonly (readonly number[])[]
}

const byBlock = new WeakMap<BlockDefinition, Map<string, readonly number[]>>()

/** As `layerTokensOfBlock`, kept while the definition lives. @throws AppError where the block cannot take that input. */
export function cachedBlockTokens(
  block: BlockDefinition,
  parameters: ParameterValues,
  input: TensorShape,
): readonly number[] {
  let cache = byBlock.get(block)
  if (cache === undefined) byBlock.set(block, (cache = new Map()))
  const key = `${JSON.stringify(parameters)}${input.join('x')}`
  let tokens = cache.get(key)
  if (tokens === undefined) cache.set(key, (tokens = layerTokensOfBlock(block, parameters, input)))
  return tokens
}

/** @param channels of the images; @param width of the stem, as in the run's space definition */
export function stemTokens(channels: number, width: number): number[] {
  const document = chainDocument({
    name: 'stem',
    inputShape: [32, 32, channels],
    classes: 1,
    stem: cifarStem(width),
    blocks: [],
    head: [],
  })
  return tokenizeLayers(expandDocument(document, new Map()).graph)
}

/**
 * The tokens of a chain inside its space.
 * @param library where the space's blocks come from
 * @throws Error for a chain outside the space
 */
export function chainTokens(genotype: ChainGenotype, space: BlockChainSpace, library: BlockLibrary): ChainTokens {
  const { steps, problem } = space.walk(genotype)
  if (problem !== undefined) throw new Error(`block ${problem.position + 1} of the chain: ${problem.reason}`)
  let shape = space.stem
  const blocks = genotype.blocks.map(({ block }, i) => {
    const step = steps[i]!
    const tokens = cachedBlockTokens(blockDefinition(library, block), step.parameters, shape)
    shape = step.output
    return tokens
  })
  return { stem: stemTokens(space.inputShape[2], space.stem[2]), blocks }
}

/** The window in front of block `position`: the last layers of stem and earlier blocks, `<start>` where there are fewer. */
export function windowBeforeBlock({ stem, blocks }: ChainTokens, position: number): number[] {
  const before = [...stem, ...blocks.slice(0, position).flat()]
  return windowBefore(before, before.length)
}
