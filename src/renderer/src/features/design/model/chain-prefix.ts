// The part of a network that the proposer reads when it is asked for the next block: the chain up to a node.
import type { BlockLibrary } from '@shared/architecture/block'
import {
  INPUT_NODE_ID,
  graphOf,
  metaOf,
  readChain,
  type ArchitectureDocument,
  type LayerRecord,
} from '@shared/architecture/document'
import { catalogue } from '@shared/architecture/catalogue'
import { AppError } from '@shared/errors'
import { chainSpaceSchema, unboundedChains } from '@shared/spaces/block-chain/schema'
import { chainGenotype, type ChainGenotype } from '@shared/spaces/block-chain/genotype'
import { createBlockChainSpace } from '@shared/spaces/block-chain/space'

export interface ChainPrefix {
  readonly genotype: ChainGenotype
  /** How many of its blocks stand before the place asked for. */
  readonly position: number
  /** The node behind which the next block goes. */
  readonly after: string
  readonly stemWidth: number
}

/** Stands where the first block of an empty chain will: its tokens come after the place asked for and are not read. */
const PLACEHOLDER = { block: 'common-conv', width: 1, stride: 1 } as const

/**
 * @param behind a block of the chain; any other node, or none, means the end of the chain.
 * @throws AppError `invalid-architecture` when the network is not a chain of blocks behind a stem.
 */
export function chainPrefix(
  document: ArchitectureDocument,
  library: BlockLibrary,
  behind: string | undefined,
): ChainPrefix {
  const meta = metaOf(document)
  if (meta.kind !== 'network') throw unfit('it is a block')
  const { nodes, incoming } = graphOf(document)
  const chain = readChain(document)
  const stem = 'reason' in chain ? [] : chain.stem
  const stemWidth = widthOf(stem) ?? chainSpaceSchema.parse({}).stemWidth
  if ('reason' in chain) {
    if ([...nodes.values()].some((node) => node.type === 'block')) throw unfit(chain.reason)
    // Without blocks the first one belongs in front of the pooling that begins every head.
    const head = [...nodes.values()].find((node) => node.type === 'layer' && node.kind === 'global-average-pool')
    const after = head === undefined ? INPUT_NODE_ID : (incoming(head.id)[0]?.from ?? INPUT_NODE_ID)
    return { genotype: chainGenotype([PLACEHOLDER]), position: 0, after, stemWidth }
  }
  // No limit of a search applies while designing.
  const space = createBlockChainSpace({
    definition: unboundedChains(stemWidth),
    inputShape: meta.input,
    classes: meta.classes,
    library,
  })
  const result = space.fromDocument(document)
  if ('reason' in result) throw unfit(result.reason)
  const index = chain.blocks.findIndex(({ id }) => id === behind)
  const position = index < 0 ? chain.blocks.length : index + 1
  return { genotype: result.genotype, position, after: chain.blocks[position - 1]!.id, stemWidth }
}

function widthOf(stem: readonly LayerRecord[]): number | undefined {
  const first = stem.find(({ kind }) => kind === 'conv2d')
  if (first === undefined) return undefined
  const value = first.parameters.channels ?? catalogue.get('conv2d')?.parameters.channels?.default
  return typeof value === 'number' ? value : undefined
}

function unfit(reason: string): AppError {
  return new AppError(
    'invalid-architecture',
    `The proposer continues chains of blocks; this network is none: ${reason}.`,
    'Put the blocks in one line between a stem and a head.',
  )
}
