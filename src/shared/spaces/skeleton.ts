// The frame that block chains and user-defined spaces put around their blocks: a stem, blocks in one line, a classifier; what the
// frame costs, and what one block makes of a map. Which blocks may stand where is the spaces' own.
import type { BlockDefinition, BlockLibrary } from '../architecture/block'
import { costOf } from '../architecture/cost'
import {
  chainDocument,
  cifarStem,
  classifierHead,
  type ArchitectureDocument,
  type ChainBlock,
} from '../architecture/document'
import { flatDefinitions } from '../architecture/document/edit/flatten'
import { expandDocument } from '../architecture/expand'
import { outputShape } from '../architecture/infer'
import type { ParameterValues, MapShape } from '../architecture/layer'
import { AppError } from '../errors'

/** For one image; `weights` are trainable parameters. */
export interface Cost {
  readonly macs: number
  readonly weights: number
}

/** What stands at a place, or why it cannot stand there. */
export type Stepped<S extends object> = S | { readonly reason: string }
export const isStep = <S extends object>(result: Stepped<S>): result is S => !('reason' in result)

/** One block on one input. */
export interface BlockStep extends Cost {
  readonly parameters: ParameterValues
  readonly output: MapShape
}

export interface Skeleton {
  /** Behind the stem. */
  readonly stem: MapShape
  readonly stemCost: Cost
  /** Of the classifier behind that many channels. */
  headCost(channels: number): Cost
  /** The network of these blocks; the user's own are embedded, so that it needs nothing beside it. */
  document(name: string, blocks: readonly ChainBlock[]): ArchitectureDocument
}

export interface SkeletonOptions {
  /** `[height, width, channels]` of one image. */
  readonly inputShape: MapShape
  readonly classes: number
  readonly stemWidth: number
  readonly library: BlockLibrary
}

export function createSkeleton({ inputShape, classes, stemWidth, library }: SkeletonOptions): Skeleton {
  const document = (name: string, blocks: readonly ChainBlock[]): ArchitectureDocument => {
    const definitions = flatDefinitions(
      blocks.map(({ block }) => block),
      library,
    )
    const [stem, head] = [cifarStem(stemWidth), classifierHead()]
    return chainDocument({ name, inputShape, classes, stem, blocks, head, definitions })
  }
  const headCost = (channels: number): Cost => ({ macs: channels * classes, weights: (channels + 1) * classes })
  const bare = costOf(expandDocument(document('bare', []), library).graph)
  const bareHead = headCost(stemWidth)
  return {
    stem: [inputShape[0], inputShape[1], stemWidth],
    stemCost: { macs: bare.macs - bareHead.macs, weights: bare.parameters - bareHead.weights },
    headCost,
    document,
  }
}

/** A block spelled out on a map: what leaves it and what it costs, or why it cannot stand there. */
export function stepOf(definition: BlockDefinition, parameters: ParameterValues, input: MapShape): Stepped<BlockStep> {
  try {
    const graph = definition.expand(parameters, input)
    const output = outputShape(graph)
    if (output.length !== 3) return { reason: `block "${definition.name}" does not end in a map` }
    const { macs, parameters: weights } = costOf(graph)
    return { parameters, output, macs, weights }
  } catch (error) {
    // Reasons end up inside sentences.
    if (error instanceof AppError) return { reason: error.message.replace(/\.$/, '') }
    throw error
  }
}
