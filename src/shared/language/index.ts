// The languages of architectures as the rest of the code sees them.
export {
  END_TOKEN,
  PAD_TOKEN,
  START_TOKEN,
  VOCABULARY_NAME,
  WINDOW_LAYERS,
  describeToken,
  layerTokensOfBlock,
  tokenizeLayers,
  vocabularySize,
  windowBefore,
} from './paper/tokenize'
export { PAPER_BLOCK_NAMES as blockNames } from './paper/block-names'
export { cachedBlockTokens, chainTokens, stemTokens, windowBeforeBlock } from './paper/chain-tokens'
export type { ChainTokens } from './paper/chain-tokens'
export { decodeCell, encodeCell } from './workbench/cell-codec'
export { createChainCodec, type ChainCodec } from './workbench/chain-codec'
export { decodeEdges, encodeEdges } from './workbench/edge-codec'
export type { Grammar } from './workbench/grammar'
export type { Conditions } from './workbench/sentence'
export {
  blockNetworkOf,
  decodeNetwork,
  encodeNetwork,
  type BlockNetwork,
  type NetworkBlock,
} from './workbench/network-codec'
export { createUserCodec, type UserCodec } from './workbench/user-codec'
