// Expansion: prefixed layers in place of blocks, nested blocks of the user's, bindings, and what must be refused.
import { describe, expect, it } from 'vitest'
import { BUILT_IN_BLOCKS } from './blocks'
import { blockFromDocument } from './block-from-document'
import { canonicalHash } from './canonical'
import type { ArchitectureDocument, DocumentDiff, DocumentRecord } from './document'
import {
  addNode,
  applyDiff,
  chainDocument,
  cifarStem,
  classifierHead,
  graphDocument,
  newBlockDocument,
  newNetworkDocument,
  readChain,
  setClasses,
  setParameter,
} from './document'
import { definitionRecord } from './document/edit/embed'
import { zooDocument } from './document/zoo-document'
import { MAX_BLOCK_DEPTH, MAX_LAYERS } from './elaboration'
import { expandDocument } from './expand'
import { inferShapes } from './infer'
import { zooNetwork } from './zoo'

const after = (document: ArchitectureDocument, ...edits: ((d: ArchitectureDocument) => DocumentDiff)[]) =>
  edits.reduce((current, edit) => applyDiff(current, edit(current)), document)
const withBlocks = (blocks: { block: string; parameters?: object }[], definitions: ArchitectureDocument[] = []) =>
  chainDocument({
    name: 'n',
    inputShape: [32, 32, 3],
    classes: 10,
    stem: cifarStem(16),
    blocks: blocks.map(({ block, parameters }) => ({ block, parameters: { ...parameters } })),
    head: classifierHead(),
    definitions,
  })
/** A block of the user's that consists of one other block. */
const wrapper = (name: string, block: string, parameters = {}): ArchitectureDocument =>
  after(newBlockDocument(name), (d) =>
    addNode(d, { block, parameters: { width: { bind: 'width' }, ...parameters } }, { after: 'relu-1' }),
  )

describe('expandDocument', () => {
  it('spells blocks out under prefixed ids and says which node each layer came from', () => {
    const document = withBlocks([{ block: 'resnet-basic', parameters: { width: 32, stride: 2 } }])
    const { graph, nodeOf, shapes, nodeShapes } = expandDocument(document, BUILT_IN_BLOCKS)
    expect(graph.nodes[0]).toEqual({
      id: 'stem-1',
      kind: 'conv2d',
      inputs: ['input'],
      parameters: {
        channels: 16,
        kernel: [3, 3],
        stride: [1, 1],
        padding: 'half',
        dilation: 1,
        groups: 1,
        bias: false,
      },
    })
    const inner = graph.nodes.filter((node) => node.id.startsWith('block-1/'))
    expect(inner.length).toBeGreaterThan(5)
    expect(new Set(inner.map((node) => nodeOf.get(node.id)))).toEqual(new Set(['block-1']))
    expect(nodeOf.get('head-3')).toBe('head-3')
    expect(nodeShapes.get('block-1')).toEqual([16, 16, 32])
    expect(shapes.get(graph.output)).toEqual([10])
    const inferred = inferShapes(graph)
    expect(inferred.problems).toEqual([])
    expect([...inferred.shapes]).toEqual(expect.arrayContaining([...shapes]))
  })

  it('follows bindings: classes of a network, parameters of a block with a factor, pairs from numbers', () => {
    const network = after(newNetworkDocument('n'), (d) => setClasses(d, 7))
    expect(expandDocument(network, BUILT_IN_BLOCKS).nodeShapes.get('output')).toEqual([7])
    const narrow = after(newBlockDocument('narrow'), (d) =>
      setParameter(d, 'conv2d-1', 'channels', { bind: 'width', times: [3, 8] }),
    )
    const block = blockFromDocument(narrow)
    const conv = block.expand({ width: 20, stride: 2 }, [32, 32, 4]).nodes[0]!
    // 7.5 is rounded to the nearest whole number.
    expect(conv.parameters).toMatchObject({ channels: 8, stride: [2, 2] })
    expect(() => block.expand({ width: 0 }, [32, 32, 4])).toThrow(/width must be a whole number from 1/)
  })

  it('looks blocks up in the document first, then in the library, nested as deep as they go', () => {
    const inner = after(newBlockDocument('inner'), (d) => setParameter(d, 'conv2d-1', 'kernel', [5, 5]))
    const outer = wrapper('outer', 'inner')
    const embedded = withBlocks([{ block: 'outer', parameters: { width: 8 } }], [inner, outer])
    const { graph, nodeOf } = expandDocument(embedded, new Map())
    const deepest = graph.nodes.find((node) => node.id === 'block-1/inner-1/conv2d-1')!
    expect(deepest.parameters).toMatchObject({ channels: 8, kernel: [5, 5] })
    expect(nodeOf.get(deepest.id)).toBe('block-1')
    const library = new Map([
      ['inner', blockFromDocument(inner)],
      ['outer', blockFromDocument(outer)],
    ])
    const looked = expandDocument(withBlocks([{ block: 'outer', parameters: { width: 8 } }]), library)
    expect(looked.graph).toEqual(graph)
    // A definition beside the nodes wins over the library's block of that name.
    const other = after(newBlockDocument('inner'), (d) => setParameter(d, 'conv2d-1', 'kernel', [1, 1]))
    const mixed = withBlocks([{ block: 'outer', parameters: { width: 8 } }], [other, outer])
    const found = expandDocument(mixed, library).graph.nodes.find((node) => node.id === deepest.id)!
    expect(found.parameters).toMatchObject({ kernel: [1, 1] })
  })

  it('refuses blocks that contain each other, embedded or in the library', () => {
    const [a, b] = [wrapper('a', 'b'), wrapper('b', 'a')]
    const message = /block "[ab]" contains itself: a > b > a/
    expect(() => expandDocument(withBlocks([{ block: 'a' }], [a, b]), new Map())).toThrow(message)
    const library = new Map<string, ReturnType<typeof blockFromDocument>>()
    for (const document of [a, b]) library.set(document === a ? 'a' : 'b', blockFromDocument(document, library))
    expect(() => expandDocument(withBlocks([{ block: 'a' }]), library)).toThrow(message)
    expect(() => library.get('a')!.expand({}, [32, 32, 16])).toThrow(message)
  })

  it('stops at blocks that double each other without end in sight', () => {
    const blocks = Array.from({ length: MAX_BLOCK_DEPTH }, (_, i) => {
      const name = `level-${i}`
      const once = newBlockDocument(name)
      if (i === 0) return once
      const next = { block: `level-${i - 1}` }
      return after(
        once,
        (d) => addNode(d, next, { after: 'relu-1' }),
        (d) => addNode(d, next, { after: 'relu-1' }),
      )
    })
    const bomb = withBlocks([{ block: `level-${MAX_BLOCK_DEPTH - 1}` }], blocks)
    expect(() => expandDocument(bomb, new Map())).toThrow(`more than ${MAX_LAYERS} layers`)
  })

  it('names the node of the first problem', () => {
    const document = after(newNetworkDocument('n'), (d) => setParameter(d, 'stem-1', 'groups', 5))
    expect(() => expandDocument(document, BUILT_IN_BLOCKS)).toThrow(/"n", node "stem-1": .*5 groups do not divide 3/)
    const empty = applyDiff(document, {
      added: {},
      updated: {},
      removed: { 'edge-7': document.records['edge-7']! },
    })
    expect(() => expandDocument(empty, BUILT_IN_BLOCKS)).toThrow(/stem-1|nothing is connected to the output/)
  })

  it('keeps only what leads to the output, and passes through blocks without layers', () => {
    const nothing = after(newBlockDocument('nothing'), (d) => ({
      added: {},
      updated: { 'edge-4': [d.records['edge-4']!, { ...d.records['edge-4']!, from: 'input' } as DocumentRecord] },
      removed: {},
    }))
    const { graph } = expandDocument(withBlocks([{ block: 'nothing' }], [nothing]), new Map())
    expect(graph.nodes.map((node) => node.id)).toEqual(['stem-1', 'stem-2', 'stem-3', 'head-1', 'head-2', 'head-3'])
    expect(graph.nodes[3]!.inputs).toEqual(['stem-3'])
    expect(expandDocument(nothing, new Map()).graph).toMatchObject({ nodes: [], output: 'input' })
  })

  it('does not depend on the order in which records were written', () => {
    const document = zooDocument('googlenet', { input: [64, 64, 3] })
    const records = Object.fromEntries(Object.entries(document.records).reverse())
    const turned = expandDocument({ ...document, records }, BUILT_IN_BLOCKS)
    expect(turned.graph).toEqual(expandDocument(document, BUILT_IN_BLOCKS).graph)
  })
})

describe('builders', () => {
  it('read back a chain as stem, blocks and head', () => {
    const document = withBlocks([{ block: 'resnet-basic' }, { block: 'common-relu' }])
    const chain = readChain(document)
    if ('reason' in chain) throw new Error(chain.reason)
    expect(chain.stem.map(({ kind }) => kind)).toEqual(['conv2d', 'batch-norm', 'relu'])
    expect(chain.blocks.map(({ block }) => block)).toEqual(['resnet-basic', 'common-relu'])
    expect(chain.head.map(({ kind }) => kind)).toEqual(['global-average-pool', 'flatten', 'dense'])
    expect(readChain(newNetworkDocument('n'))).toEqual({ reason: 'it has no blocks' })
    const between = after(document, (d) => addNode(d, { kind: 'relu' }, { after: 'block-1' }))
    expect(readChain(between)).toEqual({ reason: 'layer "relu-1" stands between blocks' })
  })

  it('make the zoo editable, by block and layer by layer, without changing the architecture', () => {
    for (const name of ['resnet18', 'googlenet', 'shufflenet_v2_x0_5', 'efficientnet_b0']) {
      const zoo = zooNetwork(name, { input: [64, 64, 3], classes: 10 })
      const byBlock = expandDocument(zooDocument(name, { input: [64, 64, 3], classes: 10 }), BUILT_IN_BLOCKS)
      const byLayer = expandDocument(graphDocument({ name, classes: 10, graph: zoo.graph }), BUILT_IN_BLOCKS)
      const hash = canonicalHash(zoo.graph)
      expect([canonicalHash(byBlock.graph), canonicalHash(byLayer.graph)]).toEqual([hash, hash])
    }
  })

  it('embedded definitions are records of their own', () => {
    const mine = newBlockDocument('mine')
    const document = withBlocks([{ block: 'mine' }], [mine])
    expect(document.records['definition.mine']).toEqual(definitionRecord('mine', mine))
  })
})
