// The colour of a block: the family of the layer that has most of its weights, so that a pooling block looks like pooling.
import type { BlockDefinition, BlockLibrary } from '../block'
import { catalogue } from '../catalogue'
import { completeParameters } from '../catalogue'
import { costOf } from '../cost'
import { isUserBlock } from '../document'
import { isHeavy } from '../estimated-work'
import type { LayerFamily, TensorShape } from '../layer'
import { AppError } from '../../errors'

const known = new WeakMap<BlockDefinition, LayerFamily>()
/** Any map that all built-in blocks accept at their defaults; only the proportions of weights matter here. */
const EXAMPLE: TensorShape = [32, 32, 64]

/**
 * 'other' for a block that cannot be spelled out at its defaults, or is too large to be for a colour.
 * @param blocks that it may hold
 */
export function blockFamily(block: BlockDefinition, blocks: BlockLibrary): LayerFamily {
  let family = known.get(block)
  if (family === undefined) {
    family = isUserBlock(block) && isHeavy(block.document, blocks) ? 'other' : heaviestFamily(block)
    known.set(block, family)
  }
  return family
}

function heaviestFamily(block: BlockDefinition): LayerFamily {
  try {
    const graph = block.expand(completeParameters(block, {}), EXAMPLE)
    const { layers } = costOf(graph)
    const heaviest = graph.nodes.reduce<string | undefined>((best, node) => {
      const weight = layers.get(node.id)?.parameters ?? 0
      const record = best === undefined ? -1 : (layers.get(best)?.parameters ?? 0)
      return weight > record ? node.id : best
    }, undefined)
    const kind = graph.nodes.find((node) => node.id === heaviest)?.kind
    return (kind === undefined ? undefined : catalogue.get(kind)?.family) ?? 'other'
  } catch (error) {
    // A user's block may be unfinished: it has no colour of its own then, and checks say why.
    if (error instanceof AppError) return 'other'
    throw error
  }
}
