// Block chains in preset `workbench`: two tokens a block, the block and its sizes. Lossless; sizes stay relative.
import { AppError } from '../../errors'
import {
  STRIDES,
  WIDTH_RATIOS,
  chainGenotype,
  type ChainGene,
  type ChainGenotype,
} from '../../spaces/block-chain/genotype'
import { USER_BLOCK_SLOTS, blockToken, sizesToken, userBlockToken } from './generate-vocabulary'
import { describeWorkbenchToken, findToken, tokenId } from './vocabulary'

/** Sizes by token, fixed. */
const SIZES: ReadonlyMap<number, Pick<ChainGene, 'width' | 'stride'>> = new Map(
  WIDTH_RATIOS.flatMap((width) => STRIDES.map((stride) => [tokenId(sizesToken(width, stride)), { width, stride }])),
)

export interface ChainCodec {
  /** Tokens of the blocks that can be written, by name. */
  readonly blockIds: ReadonlyMap<string, number>
  /** Two tokens a block; no `<start>`, `<end>` or space around them. @throws AppError for a block without a token. */
  encode(genotype: ChainGenotype): number[]
  /** Inverse of `encode`. @throws AppError `invalid-input` naming the token that does not belong there. */
  decode(tokens: readonly number[]): ChainGenotype
  /** The gene that a pair of tokens writes, or undefined when it writes none. */
  geneOf(block: number, sizes: number): ChainGene | undefined
}

/**
 * @param names of the space's blocks in its order; those that the vocabulary lacks take the user's slots in that order,
 *   so the same order must be used to read what was written. Blocks beyond the slots have no token.
 */
export function createChainCodec(names: readonly string[]): ChainCodec {
  const blockIds = new Map<string, number>()
  const blockNames = new Map<number, string>()
  let slot = 0
  for (const name of names) {
    const known = findToken(blockToken(name))
    if (known === undefined && slot === USER_BLOCK_SLOTS) continue
    const id = known ?? tokenId(userBlockToken(slot++))
    blockIds.set(name, id)
    blockNames.set(id, name)
  }
  const geneOf = (block: number, sizes: number): ChainGene | undefined => {
    const name = blockNames.get(block)
    const size = SIZES.get(sizes)
    return name === undefined || size === undefined ? undefined : { block: name, ...size }
  }
  return {
    blockIds,
    geneOf,
    encode: ({ blocks }) =>
      blocks.flatMap(({ block, width, stride }) => {
        const id = blockIds.get(block)
        if (id === undefined)
          throw new AppError(
            'invalid-input',
            `Block "${block}" has no token: the language has ${USER_BLOCK_SLOTS} places for the user's blocks.`,
            'Leave blocks that are not needed out of the space.',
          )
        return [id, tokenId(sizesToken(width, stride))]
      }),
    decode: (tokens) => {
      const genes: ChainGene[] = []
      for (let i = 0; i < tokens.length; i += 2) {
        const gene = geneOf(tokens[i]!, tokens[i + 1] ?? -1)
        if (gene === undefined) {
          const found = [tokens[i]!, ...(i + 1 < tokens.length ? [tokens[i + 1]!] : [])].map(describeWorkbenchToken)
          throw new AppError(
            'invalid-input',
            `A block and its sizes were expected at token ${i}, received "${found.join('", "')}".`,
          )
        }
        genes.push(gene)
      }
      return chainGenotype(genes)
    },
  }
}
