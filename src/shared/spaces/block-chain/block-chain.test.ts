// Block chains against the suite of all spaces, then what is their own: limits, repair, the user's blocks, documents.
import { describe, expect, it } from 'vitest'
import { blockFromDocument } from '../../architecture/block-from-document'
import { BUILT_IN_BLOCKS, PAPER_BLOCKS } from '../../architecture/blocks'
import { canonicalHash } from '../../architecture/canonical'
import { costOf } from '../../architecture/cost'
import {
  applyDiff,
  chainDocument,
  cifarStem,
  classifierHead,
  newBlockDocument,
  setParameter,
} from '../../architecture/document'
import { expandDocument } from '../../architecture/expand'
import type { MapShape } from '../../architecture/layer'
import { createRandom } from '../../random'
import { chainSpaceSchema } from './schema'
import { describeSpace } from '../testing/conformance'
import { createChainContext } from './context'
import { chainGenotype, type ChainGene } from './genotype'
import { repairChain } from './repair'
import { createBlockChainSpace, type ChainGenotype } from './space'
import { createWalker } from './walk'

const spaceWith = (
  definition: object = {},
  library = BUILT_IN_BLOCKS as Parameters<typeof createBlockChainSpace>[0]['library'],
) =>
  createBlockChainSpace({
    definition: chainSpaceSchema.parse(definition),
    inputShape: [32, 32, 3],
    classes: 10,
    library,
  })
const space = spaceWith()
const gene = (block: string, width: ChainGene['width'] = 1, stride: ChainGene['stride'] = 1): ChainGene => ({
  block,
  width,
  stride,
})
const repeat = (count: number, one: ChainGene): ChainGene[] => new Array<ChainGene>(count).fill(one)

describeSpace('block-chain', space, BUILT_IN_BLOCKS)
describeSpace('block-chain under a tight limit', spaceWith({ maxMacs: 4_000_000 }), BUILT_IN_BLOCKS)

describe('limits of block chains', () => {
  it('holds exactly the paper’s 15 blocks by default', () => {
    expect(space.names()).toEqual([...PAPER_BLOCKS.keys()])
  })

  it('counts what the expanded network costs', () => {
    const random = createRandom(1)
    for (let i = 0; i < 30; i++) {
      const genotype = space.random(random)
      const cost = costOf(space.toGraph(genotype))
      expect(space.walk(genotype)).toMatchObject({ macs: cost.macs, weights: cost.parameters, problem: undefined })
      expect(space.canonicalKey(genotype)).toBe(canonicalHash(space.toGraph(genotype)))
    }
  })

  it('names the block and the reason of what does not fit', () => {
    const cases: [ChainGene[], RegExp][] = [
      [repeat(9, gene('common-relu')), /10 to 20 blocks, this one has 9/],
      [repeat(21, gene('common-relu')), /has 21/],
      [[...repeat(9, gene('common-relu')), gene('common-relu', 2)], /block 10: .*keeps the width/],
      [[...repeat(9, gene('common-relu')), gene('common-relu', 1, 2)], /block 10: .*keeps the size/],
      [repeat(10, gene('common-max-pool', 1, 2)), /block 4: a map of 2x2 is below the least of 4x4/],
      [repeat(10, gene('resnet-basic', 2)), /block 4: width 256 is above the limit of 128/],
      [repeat(10, gene('resnet-basic', 0.5)), /block 2: width 4 is below the least of 8/],
      [repeat(20, gene('resnet-basic')), /multiply-accumulates are above the limit of 40.0 M/],
      [repeat(10, gene('vision-transformer')), /"vision-transformer" is not in this space/],
    ]
    for (const [blocks, reason] of cases) expect(space.problems(chainGenotype(blocks)).join()).toMatch(reason)
    const small = spaceWith({ maxParameters: 1000 })
    expect(small.problems(chainGenotype(repeat(10, gene('common-conv')))).join()).toMatch(
      /parameters are above the limit of 1.00 k/,
    )
  })

  it('refuses definitions that leave nothing', () => {
    expect(() => spaceWith({ minBlocks: 20, maxBlocks: 10 })).toThrow(/leaves no length/)
    expect(() => spaceWith({ blocks: ['resnet-basics'] })).toThrow(/resnet-basics/)
    expect(() => spaceWith({ maxMacs: 1000 }).random(createRandom(1))).toThrow(/No chain of 10 to 20 blocks/)
  })

  it('draws every allowed length about equally often, and every block', () => {
    const random = createRandom(2)
    const drawn = Array.from({ length: 1100 }, () => space.random(random))
    for (let length = 10; length <= 20; length++) {
      const count = drawn.filter(({ blocks }) => blocks.length === length).length
      // 100 expected, one sigma 9.5.
      expect(count).toBeGreaterThan(60)
      expect(count).toBeLessThan(140)
    }
    const blocks = drawn.flatMap((genotype) => genotype.blocks)
    for (const name of space.names()) {
      const share = blocks.filter(({ block }) => block === name).length / blocks.length
      expect(share).toBeGreaterThan(0.05)
      expect(share).toBeLessThan(0.09)
    }
  })

  it('reads the place of damage in a genotype', () => {
    const blocks = repeat(10, gene('common-relu'))
    expect(() =>
      space.parse({ space: 'block-chain', blocks: [...blocks, { block: 'common-relu', width: 3, stride: 1 }] }),
    ).toThrow(/blocks\.10\.width/)
    expect(() => space.parse({ space: 'block-chain', blocks: [gene('nothing')] })).toThrow(
      /blocks\.0\.block: "nothing"/,
    )
    expect(() => space.parse({ space: 'block-chain', blocks: [] })).toThrow(/blocks/)
  })
})

describe('repair', () => {
  const context = createChainContext({
    definition: chainSpaceSchema.parse({}),
    inputShape: [32, 32, 3],
    classes: 10,
    library: BUILT_IN_BLOCKS,
  })
  const walker = createWalker(context)

  it('leaves a sound chain alone', () => {
    const random = createRandom(3)
    for (let i = 0; i < 50; i++) {
      const { blocks } = space.random(random)
      expect(repairChain(blocks, context, walker)).toEqual(blocks)
    }
  })

  it('makes any sizes fit and keeps every block in its place', () => {
    const random = createRandom(4)
    let repairedCount = 0
    for (let i = 0; i < 300; i++) {
      const blocks = Array.from({ length: 10 + random.integer(11) }, () =>
        gene(random.choice(space.names()), random.choice([0.5, 1, 2] as const), random.choice([1, 2] as const)),
      )
      const repaired = repairChain(blocks, context, walker)
      if (repaired === undefined) continue
      repairedCount++
      expect(repaired.map(({ block }) => block)).toEqual(blocks.map(({ block }) => block))
      expect(space.problems(chainGenotype(repaired))).toEqual([])
    }
    expect(repairedCount).toBe(300)
  })

  it('brings cost down by sizes alone, and gives up where sizes cannot', () => {
    const heavy = repeat(20, gene('resnet-basic'))
    const repaired = repairChain(heavy, context, walker)!
    expect(repaired.every(({ block }) => block === 'resnet-basic')).toBe(true)
    expect(space.walk(chainGenotype(repaired)).macs).toBeLessThanOrEqual(40_000_000)
    const tiny = createChainContext({ ...context, definition: chainSpaceSchema.parse({ maxMacs: 500_000 }) })
    expect(repairChain(heavy, tiny, createWalker(tiny))).toBeUndefined()
  })
})

describe('the user’s blocks', () => {
  const own = blockFromDocument(newBlockDocument('my-block'))
  const library = new Map([...BUILT_IN_BLOCKS, [own.name, own] as const])

  it('join the space by name and travel inside the document', () => {
    const mine = spaceWith({}, library)
    expect(mine.names()).toEqual([...PAPER_BLOCKS.keys(), 'my-block'])
    const genotype = mine.parse(chainGenotype([gene('my-block', 2, 2), ...repeat(10, gene('my-block'))]))
    expect(mine.problems(genotype)).toEqual([])
    // The document needs no library: the block is embedded.
    const graph = expandDocument(mine.toDocument(genotype, 'mine'), new Map()).graph
    expect(costOf(graph).macs).toBe(mine.walk(genotype).macs)
    expect(mine.fromDocument(mine.toDocument(genotype, 'mine'))).toEqual({ genotype })
  })

  it('are not taken for those of the same name that a network holds', () => {
    const edited = applyDiff(
      newBlockDocument('my-block'),
      setParameter(newBlockDocument('my-block'), 'conv2d-1', 'kernel', [5, 5]),
    )
    const other = blockFromDocument(edited)
    const genotype = chainGenotype(repeat(10, gene('my-block')))
    const document = spaceWith({}, new Map([...BUILT_IN_BLOCKS, [other.name, other] as const])).toDocument(
      genotype,
      'other',
    )
    expect(spaceWith({}, library).fromDocument(document)).toEqual({
      reason: 'block "my-block" (block-1) is another than the library\'s of that name',
    })
  })
})

describe('documents of chains', () => {
  it('come back as the chain they were made of', () => {
    const random = createRandom(5)
    for (let i = 0; i < 100; i++) {
      const genotype = space.random(random)
      expect(space.fromDocument(space.toDocument(genotype, 'x'))).toEqual({ genotype })
    }
  })

  const blocks = (count: number, parameters: object = { width: 16, stride: 1 }) =>
    Array.from({ length: count }, () => ({ block: 'common-conv', parameters: parameters as { width: number } }))
  const base = {
    name: 'x',
    inputShape: [32, 32, 3] as MapShape,
    classes: 10,
    stem: cifarStem(16),
    blocks: blocks(10),
    head: classifierHead(),
  }

  it('tell why a designed network is not in the space', () => {
    const reasonOf = (change: Partial<typeof base>): string => {
      const result = space.fromDocument(chainDocument({ ...base, ...change }))
      return 'reason' in result ? result.reason : `accepted ${JSON.stringify(result.genotype)}`
    }
    expect(reasonOf({})).toMatch(/^accepted/)
    expect(reasonOf({ inputShape: [28, 28, 1] })).toMatch(/takes images of \[28, 28, 1\]/)
    expect(reasonOf({ classes: 100 })).toMatch(/100 classes, the space has 10/)
    expect(reasonOf({ stem: cifarStem(32), blocks: blocks(10, { width: 32 }) })).toMatch(/stem is not the space's/)
    expect(reasonOf({ head: classifierHead().slice(0, 2) })).toMatch(/head is not the space's/)
    expect(reasonOf({ blocks: blocks(3) })).toMatch(/has 3/)
    expect(reasonOf({ blocks: blocks(10, { width: 48 }) })).toMatch(/from 16 to 48 channels/)
    expect(reasonOf({ blocks: blocks(10, { width: 16, kernel: 5 }) })).toMatch(/sets kernel/)
    expect(reasonOf({ blocks: [...blocks(9), { block: 'efficientnet-mbconv', parameters: { width: 16 } }] })).toMatch(
      /"efficientnet-mbconv" .* is not in the space/,
    )
    expect(space.fromDocument(newBlockDocument('b'))).toEqual({ reason: 'it is a block, not a network' })
  })
})

describe('sampling and operators', () => {
  it('draws a random chain in well under 5 ms on average', () => {
    const random = createRandom(6)
    const fresh = spaceWith()
    const started = performance.now()
    for (let i = 0; i < 200; i++) fresh.random(random)
    expect((performance.now() - started) / 200).toBeLessThan(5)
  })

  it('crosses one point in each parent: children start and end like their parents', () => {
    const random = createRandom(7)
    const names = ({ blocks }: ChainGenotype): string[] => blocks.map(({ block }) => block)
    for (let i = 0; i < 100; i++) {
      const [first, second] = [space.random(random), space.random(random)]
      const [left, right] = space.crossover(first, second, random)
      expect(left.blocks.length + right.blocks.length).toBe(first.blocks.length + second.blocks.length)
      expect([names(left)[0], names(left).at(-1)]).toEqual([names(first)[0], names(second).at(-1)])
      expect([names(right)[0], names(right).at(-1)]).toEqual([names(second)[0], names(first).at(-1)])
    }
  })
})
