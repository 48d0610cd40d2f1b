// Comparison of architectures: edits found as what they are, though ids shift; costs of the differences add up.
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../random'
import { BUILT_IN_BLOCKS } from '../blocks'
import { chainDocument, cifarStem, classifierHead, type ArchitectureDocument, type ChainBlock } from '../document'
import { applyDiff } from '../document'
import { addNode, setParameter } from '../document'
import { zooDocument } from '../document/zoo-document'
import { compareDocuments, matchNodes } from './index'

const chain = (blocks: readonly ChainBlock[], classes = 10): ArchitectureDocument =>
  chainDocument({
    name: 'chain',
    inputShape: [32, 32, 3],
    classes,
    stem: cifarStem(16),
    blocks,
    head: classifierHead(),
  })
const block = (name: string, width = 16): ChainBlock => ({ block: name, parameters: { width, stride: 1 } })
const BLOCKS = ['resnet-basic', 'shufflenet-inverted-residual', 'common-conv', 'resnet-bottleneck', 'resnet-basic'].map(
  (name) => block(name),
)
const compare = (from: ArchitectureDocument, to: ArchitectureDocument) => compareDocuments(from, to, BUILT_IN_BLOCKS)

describe('compareDocuments', () => {
  it('finds nothing between equal architectures', () => {
    const result = compare(chain(BLOCKS), chain(BLOCKS))
    expect(result).toMatchObject({
      added: [],
      removed: [],
      changed: [],
      affected: [],
      settings: [],
      isSameNetwork: true,
    })
    expect(result.unchanged).toBe(3 + 5 + 3)
  })

  it('finds an inserted block although every later id has shifted', () => {
    const longer = [...BLOCKS.slice(0, 2), block('regnet-res-bottleneck'), ...BLOCKS.slice(2)]
    const result = compare(chain(BLOCKS), chain(longer))
    expect(result.added.map(({ node }) => [node.id, node.of])).toEqual([['block-3', 'regnet-res-bottleneck']])
    expect(result).toMatchObject({ removed: [], changed: [], affected: [], unchanged: 11, isSameNetwork: false })
    expect(result.cost[1]!.parameters - result.cost[0]!.parameters).toBe(result.added[0]!.cost!.parameters)
    const back = compare(chain(longer), chain(BLOCKS))
    expect(back.removed.map(({ node }) => node.id)).toEqual(['block-3'])
    expect(back).toMatchObject({ added: [], changed: [], unchanged: 11 })
  })

  it('tells what changed from what only costs something else because of it', () => {
    const wider = BLOCKS.map((entry, i) => (i === 1 ? block(entry.block, 32) : entry))
    const result = compare(chain(BLOCKS), chain(wider))
    expect(result.changed.map(({ from, parameters }) => [from.id, parameters])).toEqual([
      ['block-2', [{ name: 'width', from: 16, to: 32 }]],
    ])
    expect(result.affected.map(({ from }) => from.id)).toEqual(['block-3'])
    const deltas = [...result.changed, ...result.affected].map(({ cost }) => cost[1]!.parameters - cost[0]!.parameters)
    expect(deltas[0]! + deltas[1]!).toBe(result.cost[1]!.parameters - result.cost[0]!.parameters)
  })

  it('sees another source, and does not call a node in between one', () => {
    const document = zooDocument('resnet18')
    const between = applyDiff(document, addNode(document, { kind: 'dropout' }, { after: 'block-4' }))
    const inserted = compare(document, between)
    expect(inserted.added.map(({ node }) => node.of)).toEqual(['dropout'])
    expect(inserted.changed).toEqual([])
    const edge = Object.values(document.records).find((record) => record.type === 'edge' && record.to === 'block-5')!
    const rewired = { ...document, records: { ...document.records, [edge.id]: { ...edge, from: 'block-3' } } }
    expect(compare(document, rewired as ArchitectureDocument).changed).toMatchObject([
      { from: { id: 'block-5' }, isRewired: true, parameters: [] },
    ])
  })

  it('names the settings that differ, and counts what they cost', () => {
    const result = compare(chain(BLOCKS, 10), chain(BLOCKS, 100))
    expect(result.settings).toEqual([{ name: 'classes', from: '10', to: '100' }])
    // The classifier follows the classes.
    expect(result.changed.map(({ from, parameters }) => [from.of, parameters])).toEqual([
      ['dense', [{ name: 'features', from: 10, to: 100 }]],
    ])
  })

  it('compares broken designs without costs', () => {
    const document = chain(BLOCKS)
    const broken = applyDiff(document, setParameter(document, 'block-1', 'width', -5))
    const result = compare(document, broken)
    expect(result.cost[1]).toBeUndefined()
    expect(result.isSameNetwork).toBeUndefined()
    expect(result.changed.length + result.affected.length).toBeGreaterThan(0)
  })

  it('recovers random edits of chains: as many nodes added and removed as were', () => {
    const random = createRandom(5)
    const names = [...BUILT_IN_BLOCKS.keys()].filter((name) => 'width' in BUILT_IN_BLOCKS.get(name)!.parameters)
    for (let i = 0; i < 100; i++) {
      // No block stands beside its equal, so there is one smallest explanation.
      const all = random
        .shuffle(names)
        .slice(0, 8)
        .map((name) => block(name))
      const kept = all.filter(() => random.chance(0.7))
      const result = compare(chain(kept), chain(all))
      expect(result.removed).toEqual([])
      expect(result.added.map(({ node }) => node.of)).toEqual(
        all.filter((entry) => !kept.includes(entry)).map((entry) => entry.block),
      )
    }
  })
})

describe('matchNodes', () => {
  it('matches a moved node by its id', () => {
    const document = chain(BLOCKS.slice(0, 4))
    const order = ['stem-3', 'block-1', 'block-3', 'block-2', 'block-4']
    const records = { ...document.records }
    for (const [i, to] of order.slice(1).entries()) {
      const edge = Object.values(records).find((record) => record.type === 'edge' && record.to === to)!
      records[edge.id] = { ...edge, from: order[i]! } as typeof edge
    }
    const matches = matchNodes(document, { ...document, records })
    expect(matches.size).toBe(10)
    expect([...matches].every(([from, to]) => from === to)).toBe(true)
  })

  it('of the largest zoo networks takes well under a second', () => {
    const start = performance.now()
    expect(matchNodes(zooDocument('efficientnet_b7'), zooDocument('resnet152')).size).toBeGreaterThan(2)
    expect(performance.now() - start).toBeLessThan(2000)
  })
})
