// What a block stands for where it stands: its layers for its present parameters and input, as a document to look at.
import type { BlockLibrary } from '@shared/architecture/block'
import {
  graphDocument,
  graphOf,
  isUserBlock,
  metaOf,
  resolveParameters,
  scopeOf,
  type ArchitectureDocument,
} from '@shared/architecture/document'
import { isHeavy } from '@shared/architecture/estimated-work'
import { AppError } from '@shared/errors'
import { blockIn, blocksIn } from '@shared/architecture/picture/block-in'
import { inspectNow } from '../inspecting/inspector'
import { isDrawable } from './drawable'

/**
 * The layers of block node `nodeId`. A picture only: it is a network by form and never checked or trained.
 * @throws AppError `not-found` for an unknown node or block; `invalid-architecture` where it cannot be spelled out;
 *   `invalid-input` where it would be too large a picture.
 */
export function expansionOf(
  document: ArchitectureDocument,
  nodeId: string,
  library: BlockLibrary,
): ArchitectureDocument {
  const graph = graphOf(document)
  const node = graph.nodes.get(nodeId)
  if (node?.type !== 'block') throw new AppError('not-found', `There is no block "${nodeId}" in this document.`)
  const block = blockIn(document, node.block, library)
  if (block === undefined)
    throw new AppError('not-found', `There is no block "${node.block}".`, 'Choose a block of the library.')
  const source = graph.incoming(nodeId)[0]?.from
  const input = source === undefined ? undefined : inspectNow(document, library)?.nodeShapes.get(source)
  if (input === undefined)
    throw new AppError(
      'invalid-architecture',
      `Nothing of a known shape feeds "${node.label ?? block.title}".`,
      'Connect its input: what a block consists of depends on it.',
    )
  const tooLarge = new AppError(
    'invalid-input',
    `"${node.label ?? block.title}" has too many layers to draw, spelled out.`,
    'Open the block itself: its parts are drawn there.',
  )
  if (isUserBlock(block) && isHeavy(block.document, blocksIn(document, library))) throw tooLarge
  const { values } = resolveParameters(block.parameters, node.parameters, scopeOf(metaOf(document)))
  const layers = block.expand(values, input)
  const picture = graphDocument({ name: node.label ?? block.title, classes: 1, graph: layers })
  if (!isDrawable(picture)) throw tooLarge
  return picture
}
