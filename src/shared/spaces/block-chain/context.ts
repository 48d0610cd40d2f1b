// What a block chain space consists of: the run's limits, the data's shape, and which blocks may stand in a chain.
import { PAPER_BLOCKS, blockDefinition, type BuiltInBlock } from '../../architecture/blocks'
import type { BlockDefinition, BlockLibrary } from '../../architecture/block'
import { isUserBlock } from '../../architecture/document'
import { isMap } from '../../architecture/catalogue/window'
import type { MapShape, TensorShape } from '../../architecture/layer'
import { AppError } from '../../errors'
import type { ChainSpaceDefinition } from './schema'

export interface ChainSpaceOptions {
  readonly definition: ChainSpaceDefinition
  /** `[height, width, channels]` of one image. */
  readonly inputShape: TensorShape
  readonly classes: number
  /** The built-in blocks and the user's own. */
  readonly library: BlockLibrary
}

/** A block as a chain sees it. */
export interface BlockChoice {
  readonly name: string
  readonly definition: BlockDefinition
  /** Whether its output width can be asked for; otherwise its gene says 1. */
  readonly hasWidth: boolean
  readonly hasStride: boolean
  /** Widths it accepts are multiples of this, from `minWidth` on. */
  readonly multiple: number
  readonly minWidth: number
}

export interface ChainContext extends ChainSpaceOptions {
  readonly inputShape: MapShape
  /** By name, in a fixed order. */
  readonly choices: ReadonlyMap<string, BlockChoice>
  readonly minWidth: number
  readonly minSize: number
}

/** Narrower blocks save little and starve grouped convolutions; a narrower stem lowers it to its own width. */
const MIN_WIDTH = 8
/** Maps of 4x4 still leave a 3x3 window something to slide over; 32 pixels then allow three down-samplings. */
const MIN_SIZE = 4

function choiceOf(definition: BlockDefinition): BlockChoice {
  const widths = (definition as Partial<BuiltInBlock>).widths
  return {
    name: definition.name,
    definition,
    hasWidth: 'width' in definition.parameters,
    hasStride: 'stride' in definition.parameters,
    multiple: widths?.multiple ?? 1,
    minWidth: widths?.min ?? 1,
  }
}

/** The paper's blocks, then the user's own in the library's order. */
function defaultNames(library: BlockLibrary): string[] {
  const own = [...library.values()].filter((block) => isUserBlock(block) && !PAPER_BLOCKS.has(block.name))
  return [...PAPER_BLOCKS.keys(), ...own.map(({ name }) => name)].filter((name) => library.has(name))
}

/** @throws AppError `invalid-input` for limits that contradict each other or leave no block; `invalid-architecture` for an unknown name. */
export function createChainContext(options: ChainSpaceOptions): ChainContext {
  const { definition, inputShape, library } = options
  if (definition.minBlocks > definition.maxBlocks)
    throw new AppError(
      'invalid-input',
      `A chain has at least minBlocks = ${definition.minBlocks} and at most maxBlocks = ${definition.maxBlocks} blocks, which leaves no length.`,
      'Lower minBlocks or raise maxBlocks.',
    )
  if (!isMap(inputShape))
    throw new AppError(
      'invalid-input',
      `A block chain needs images [height, width, channels], received [${inputShape.join(', ')}].`,
    )
  const names = definition.blocks === null ? defaultNames(library) : [...new Set(definition.blocks)]
  if (names.length === 0) throw new AppError('invalid-input', 'The library has no block that a chain could hold.')
  const choices = new Map(names.map((name) => [name, choiceOf(blockDefinition(library, name))]))
  return {
    ...options,
    inputShape,
    choices,
    minWidth: Math.min(MIN_WIDTH, definition.stemWidth),
    minSize: Math.min(MIN_SIZE, inputShape[0], inputShape[1]),
  }
}
