// What can be added: layers by family, built-in blocks, the user's own; and how a typed word finds them.
import type { BlockDefinition, BlockLibrary } from '@shared/architecture/block'
import { isUserBlock } from '@shared/architecture/block-from-document'
import { catalogue } from '@shared/architecture/catalogue'
import type { NewNode } from '@shared/architecture/document'
import type { LayerFamily } from '@shared/architecture/layer'
import { required } from '@shared/required'
import { blockFamily } from '@shared/architecture/picture/block-family'

export interface PaletteItem {
  /** `layer:conv2d` or `block:resnet-basic`: also what a drag carries. */
  readonly key: string
  readonly title: string
  readonly help: string
  readonly family: LayerFamily
  /** Where it comes from, for blocks: "ResNet". */
  readonly origin?: string
  readonly node: NewNode
}
/** A family of layers, or one of the two kinds of blocks. */
export type PaletteGroupName = LayerFamily | 'userBlocks' | 'builtInBlocks'
export interface PaletteGroup {
  readonly name: PaletteGroupName
  readonly items: readonly PaletteItem[]
}

const BLOCK_GROUPS: readonly PaletteGroupName[] = ['userBlocks', 'builtInBlocks']
const LAYER_GROUPS: readonly PaletteGroupName[] = [
  'convolution',
  'depthwise',
  'pooling',
  'normalisation',
  'activation',
  'merge',
  'dense',
  'other',
]

/**
 * Everything that may stand in a document, most wanted first: networks are made of blocks, blocks of layers.
 * @param own name of the block being edited, which cannot contain itself; absent for a network.
 */
export function paletteItems(library: BlockLibrary, own?: string): readonly PaletteGroup[] {
  const order = own === undefined ? [...BLOCK_GROUPS, ...LAYER_GROUPS] : [...LAYER_GROUPS, ...BLOCK_GROUPS]
  const groups = new Map<PaletteGroupName, PaletteItem[]>(order.map((name) => [name, []]))
  for (const definition of catalogue.values())
    required(groups, definition.family, 'group').push({
      key: `layer:${definition.kind}`,
      title: definition.title,
      help: definition.help,
      family: definition.family,
      node: { kind: definition.kind },
    })
  for (const block of library.values())
    if (block.name !== own)
      required(groups, isUserBlock(block) ? 'userBlocks' : 'builtInBlocks', 'group').push(blockItem(block, library))
  return order.map((name) => ({ name, items: required(groups, name, 'group') })).filter(({ items }) => items.length > 0)
}

function blockItem(block: BlockDefinition, library: BlockLibrary): PaletteItem {
  return {
    key: `block:${block.name}`,
    title: block.title,
    help: block.help,
    family: blockFamily(block, library),
    origin: block.origin,
    node: { block: block.name },
  }
}

/** Groups with the items that contain every typed word; empty groups are left out. */
export function filterPalette(groups: readonly PaletteGroup[], query: string): readonly PaletteGroup[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return groups
  return groups
    .map(({ name, items }) => ({
      name,
      items: items.filter((item) => {
        const text = `${item.title} ${item.key} ${item.family} ${item.origin ?? ''}`.toLowerCase()
        return words.every((word) => text.includes(word))
      }),
    }))
    .filter(({ items }) => items.length > 0)
}

/** Matches of a quick search, those whose title begins with the query first. */
export function findItems(groups: readonly PaletteGroup[], query: string, limit: number): readonly PaletteItem[] {
  const start = query.trim().toLowerCase()
  const found = filterPalette(groups, query).flatMap(({ items }) => items)
  const rank = (item: PaletteItem): number => (item.title.toLowerCase().startsWith(start) ? 0 : 1)
  return [...found].sort((a, b) => rank(a) - rank(b)).slice(0, limit)
}
