// Block chains for the registry: the space and its language.
import { createChainCodec } from '../../language/workbench/chain-codec'
import { createChainGrammar } from '../../language/workbench/chain-grammar'
import type { SpaceKind } from '../space'
import type { ChainSpaceDefinition } from './schema'
import { createBlockChainSpace, type BlockChainSpace } from './space'

export const chainKind: SpaceKind<ChainSpaceDefinition> = {
  open(definition, { shape, classes }, library): BlockChainSpace {
    const space = createBlockChainSpace({ definition, inputShape: shape, classes, library })
    const codec = createChainCodec(space.names())
    return {
      ...space,
      codec: { encode: codec.encode, decode: codec.decode, grammar: createChainGrammar(space, codec) },
      describe: () => ({ noun: 'chains', parts: { ...definition, blocks: space.names() } }),
    }
  },
}
