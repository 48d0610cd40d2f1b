import { describe, expect, it } from 'vitest'
import { BUILT_IN_BLOCKS, PAPER_BLOCKS } from '@shared/architecture/blocks'
import { catalogue } from '@shared/architecture/catalogue'
import { inspectDocument } from '@shared/architecture/checks'
import {
  addNode,
  addedNodeIds,
  applyDiff,
  disconnect,
  graphOf,
  groupIntoBlock,
  innerNodeIds,
  removeNodes,
  setParameter,
  type ArchitectureDocument,
} from '@shared/architecture/document'
import { blockLibrary } from '@shared/architecture/library'
import { chainSpaceSchema } from '@shared/spaces/block-chain/schema'
import { createBlockChainSpace } from '@shared/spaces/block-chain/space'
import { blockFamily } from '@shared/architecture/picture/block-family'
import { cardsOf } from '@shared/architecture/picture/cards'
import { chainPrefix } from './chain-prefix'
import { expansionOf } from './expansion'
import { neighbourIn } from './neighbours'
import { filterPalette, findItems, paletteItems } from './palette'
import { bindingText, parameterText } from '@shared/architecture/picture/parameter-text'
import {
  emptyBlockDocument,
  freeName,
  newBlockDocument,
  newNetworkDocument,
  residualBlockDocument,
  sampleNetworkDocument,
} from './templates'

const library = BUILT_IN_BLOCKS
const inspect = (document: ArchitectureDocument) => inspectDocument(document, library)
const cards = (document: ArchitectureDocument) => cardsOf(document, inspect(document), library)

describe('templates', () => {
  it.each([newBlockDocument('a'), residualBlockDocument('b'), newNetworkDocument('c'), sampleNetworkDocument('d')])(
    'begin without errors',
    (document) => {
      expect(inspect(document).problems.filter(({ severity }) => severity === 'error')).toEqual([])
    },
  )

  it('have a sample that the block chain space can express at its default limits', () => {
    const definition = chainSpaceSchema.parse({})
    const space = createBlockChainSpace({ definition, inputShape: [32, 32, 3], classes: 10, library })
    expect(space.fromDocument(sampleNetworkDocument('s'))).toHaveProperty('genotype')
  })

  it('have a residual block that fits any width and passes on what is made of it', () => {
    const own = blockLibrary([residualBlockDocument('mine')])
    for (const width of [8, 24, 64]) {
      const graph = own.get('mine')!.expand({ width }, [16, 16, width])
      expect(graph.nodes.some(({ kind }) => kind === 'add')).toBe(true)
    }
    expect(innerNodeIds(emptyBlockDocument('empty'))).toEqual([])
  })

  it('find a free name', () => {
    expect(freeName('block', new Set(['block', 'block-2']))).toBe('block-3')
    expect(freeName('other', new Set(['block']))).toBe('other')
  })
})

describe('cards', () => {
  it('say key parameters, shape and share of the cost', () => {
    const all = cards(newNetworkDocument('net'))
    expect([...all.keys()][0]).toBe('input')
    expect([...all.keys()].at(-1)).toBe('output')
    expect(all.get('stem-1')).toMatchObject({ title: 'Convolution', detail: '3x3, 16', shape: '32x32x16', errors: 0 })
    const shares = [...all.values()].reduce((sum, { share }) => sum + share, 0)
    expect(shares).toBeCloseTo(1)
  })

  it('count the problems of each node, and show parts that lead nowhere', () => {
    const document = applyDiff(newNetworkDocument('net'), removeNodes(newNetworkDocument('net'), ['stem-2']))
    const all = cards(document)
    expect(all.get('stem-3')?.errors).toBe(1)
    expect(all.get('stem-1')?.shape).toBe('32x32x16')
    expect(all.get('stem-3')?.shape).toBe('')
  })

  it('keep their identity while nothing about them changes, so that only changed ones are drawn again', () => {
    const document = newNetworkDocument('net')
    const before = cards(document)
    const edited = applyDiff(document, setParameter(document, 'stem-1', 'kernel', [5, 5]))
    const after = cardsOf(edited, inspect(edited), library, { before })
    expect(after.get('stem-3')).toBe(before.get('stem-3'))
    expect(after.get('stem-1')).not.toBe(before.get('stem-1'))
  })

  it('say what a parameter follows', () => {
    expect(cards(newBlockDocument('b')).get('conv2d-1')?.detail).toBe('3x3, width, /stride')
    expect(bindingText({ bind: 'width', times: [1, 4] })).toBe('width x 1/4')
    expect(bindingText({ bind: 'width', times: [2, 1] })).toBe('width x 2')
    expect(parameterText(catalogue.get('conv2d')!.parameters, { kernel: [1, 7], groups: 32, stride: [2, 2] })).toBe(
      '1x7, 64, /2, g32',
    )
  })

  it('colour a block by the layer that has most of its weights', () => {
    expect(blockFamily(library.get('resnet-basic')!, library)).toBe('convolution')
    expect(blockFamily(library.get('common-max-pool')!, library)).toBe('pooling')
    expect(blockFamily(library.get('common-relu')!, library)).toBe('activation')
  })
})

describe('palette', () => {
  const groups = paletteItems(library)

  it('holds every layer of the catalogue and every block once', () => {
    const keys = groups.flatMap(({ items }) => items.map(({ key }) => key))
    expect(new Set(keys).size).toBe(keys.length)
    expect(keys).toHaveLength(catalogue.size + library.size)
  })

  it('finds by every word, by family and by origin, and puts what begins with the word first', () => {
    const titles = (query: string): string[] =>
      filterPalette(groups, query).flatMap(({ items }) => items.map(({ title }) => title))
    expect(titles('resnet basic')).toEqual(['ResNet basic block'])
    expect(titles('pooling max').length).toBeGreaterThan(0)
    expect(titles('nothing-like-this')).toEqual([])
    expect(findItems(groups, 'den', 1)[0]?.key).toBe('layer:dense')
  })

  it('offers layers first in a block, and never the block that is being edited', () => {
    const own = paletteItems(blockLibrary([newBlockDocument('mine')]), 'mine')
    expect(own[0]?.name).toBe('convolution')
    expect(own.flatMap(({ items }) => items).some(({ key }) => key === 'block:mine')).toBe(false)
    expect(groups[0]?.name).toBe('builtInBlocks')
  })
})

describe('looking inside a block', () => {
  it.each([...PAPER_BLOCKS.keys()])('shows the layers of %s for its input, as many as it costs', (block) => {
    const document = applyDiff(
      sampleNetworkDocument('s'),
      addNode(
        sampleNetworkDocument('s'),
        { block, parameters: 'width' in library.get(block)!.parameters ? { width: 64 } : {} },
        { after: 'block-10' },
      ),
    )
    const id = `${block}-1`
    const { nodeCosts } = inspect(document)
    const inside = inspect(expansionOf(document, id, library))
    const sum = [...inside.nodeCosts.values()].reduce((total, { parameters }) => total + parameters, 0)
    expect(sum).toBe(nodeCosts.get(id)?.parameters ?? 0)
  })

  it('shows a block embedded in the document, and says when nothing feeds it', () => {
    const base = newNetworkDocument('net')
    const grouping = groupIntoBlock(base, ['stem-1', 'stem-2', 'stem-3'], 'entry', library)
    const grouped = applyDiff(base, grouping)
    const [instance = ''] = addedNodeIds(grouping)
    const inside = expansionOf(grouped, instance, library)
    expect([...graphOf(inside).nodes.values()].filter(({ type }) => type === 'layer')).toHaveLength(3)
    const edge = graphOf(grouped).incoming(instance)[0]!
    const loose = applyDiff(grouped, disconnect(grouped, edge.id))
    expect(() => expansionOf(loose, instance, library)).toThrow('feeds')
  })
})

describe('what the proposer reads', () => {
  it('is the chain up to the selected block, else the whole of it', () => {
    const document = sampleNetworkDocument('s')
    expect(chainPrefix(document, library, 'block-4')).toMatchObject({ position: 4, after: 'block-4', stemWidth: 16 })
    expect(chainPrefix(document, library, undefined)).toMatchObject({ position: 10, after: 'block-10' })
    expect(chainPrefix(document, library, 'block-4').genotype.blocks[3]).toEqual({
      block: 'resnet-basic',
      width: 2,
      stride: 2,
    })
  })

  it('is empty for a network without blocks: the first one goes behind the stem', () => {
    expect(chainPrefix(newNetworkDocument('n'), library, undefined)).toMatchObject({ position: 0, after: 'stem-3' })
  })

  it('is refused with the reason for what is no chain', () => {
    const document = sampleNetworkDocument('s')
    const shortcut = applyDiff(document, removeNodes(document, ['block-2']))
    expect(() => chainPrefix(shortcut, library, undefined)).toThrow('none')
    expect(() => chainPrefix(newBlockDocument('b'), library, undefined)).toThrow('block')
  })
})

describe('arrow keys', () => {
  const positions = new Map([
    ['a', { x: 0, y: 0 }],
    ['b', { x: 0, y: 72 }],
    ['c', { x: 210, y: 72 }],
    ['d', { x: 0, y: 144 }],
  ])
  it('lead to the nearest node straight ahead, and nowhere beyond the last', () => {
    expect(neighbourIn(positions, 'a', 'down')).toBe('b')
    expect(neighbourIn(positions, 'b', 'right')).toBe('c')
    expect(neighbourIn(positions, 'c', 'left')).toBe('b')
    expect(neighbourIn(positions, 'd', 'up')).toBe('b')
    expect(neighbourIn(positions, 'd', 'down')).toBeUndefined()
  })
})
