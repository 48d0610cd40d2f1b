// Preset workbench: the stored vocabulary, exact round trips, and the masks: everything allowed ends inside the space,
// and everything inside the space is allowed.
import { describe, expect, it } from 'vitest'
import { blockFromDocument } from '../../architecture/block-from-document'
import type { BlockDefinition } from '../../architecture/block'
import { BUILT_IN_BLOCKS } from '../../architecture/blocks'
import { newBlockDocument } from '../../architecture/document'
import { createRandom, type Random } from '../../random'
import { chainSpaceSchema } from '../../spaces/block-chain/schema'
import { createBlockChainSpace } from '../../spaces/block-chain/space'
import { cellProblems } from '../../spaces/nas-bench-101/cell'
import { enumerateCells, cellAt } from '../../spaces/nas-bench-101/enumerate'
import { EDGE_CELLS, edgeGenotypeAt } from '../../spaces/nas-bench-201/genotype'
import { cellGrammar } from './cell-grammar'
import { decodeCell, encodeCell } from './cell-codec'
import { createChainCodec } from './chain-codec'
import { createChainGrammar } from './chain-grammar'
import { decodeEdges, edgeGrammar, encodeEdges } from './edge-codec'
import { USER_BLOCK_SLOTS, generateWorkbenchVocabulary } from './generate-vocabulary'
import type { Grammar } from './grammar'
import { bodyOf, gappedSentence, sentence } from './sentence'
import { END, START, describeWorkbenchToken, tokenId, workbenchVocabularySize } from './vocabulary'
import stored from './vocabulary-workbench-1.json'

const spaceWith = (
  definition: object,
  library = BUILT_IN_BLOCKS as Parameters<typeof createBlockChainSpace>[0]['library'],
) =>
  createBlockChainSpace({
    definition: chainSpaceSchema.parse(definition),
    inputShape: [32, 32, 3],
    classes: 10,
    library,
  })

/** A sentence of tokens drawn uniformly from what the mask allows. */
function sample(grammar: Grammar, random: Random): number[] {
  const body: number[] = []
  for (;;) {
    const allowed = grammar.allowedNext(body)
    const token = random.choice(allowed)
    if (token === END) return body
    body.push(token)
  }
}

function expectAllowed(grammar: Grammar, body: readonly number[]): void {
  for (let i = 0; i <= body.length; i++) expect(grammar.allowedNext(body.slice(0, i))).toContain(body[i] ?? END)
}

describe('the vocabulary of preset workbench', () => {
  it('is the stored file, each text once', () => {
    expect(generateWorkbenchVocabulary()).toEqual(stored)
    expect(new Set(stored.tokens).size).toBe(workbenchVocabularySize)
    expect(() => tokenId('block of stone')).toThrow(/no token "block of stone"/)
    expect(() => describeWorkbenchToken(workbenchVocabularySize)).toThrow(RangeError)
  })
})

describe('cells', () => {
  it('all 423,624 survive the round trip', () => {
    let count = 0
    for (const cell of enumerateCells()) {
      const back = decodeCell(encodeCell(cell))
      if (back.vertices !== cell.vertices || back.edges !== cell.edges || back.labels !== cell.labels)
        expect(back).toEqual(cell)
      count++
    }
    expect(count).toBe(423624)
  })

  it('read as operations and where they read from', () => {
    expect(encodeCell({ vertices: 3, edges: 0b111, labels: 1 }).map(describeWorkbenchToken)).toEqual([
      ...['operation conv3x3', 'from 0', 'output', 'from 0', 'from 1'],
    ])
  })

  it('are all allowed by the mask (every 499th)', () => {
    for (let index = 0; index < 423624; index += 499) expectAllowed(cellGrammar, encodeCell(cellAt(index)))
  })

  it('drawn under the mask are all inside the space, and varied', () => {
    const random = createRandom(1)
    const drawn = Array.from({ length: 2000 }, () => sample(cellGrammar, random))
    for (const body of drawn) {
      expect(cellProblems(decodeCell(body))).toEqual([])
      expect(encodeCell(decodeCell(body))).toEqual(body)
    }
    expect(new Set(drawn.map((body) => body.length)).size).toBeGreaterThan(8)
  })

  it.each([
    [['from 0']],
    [['output', 'from 0', 'output']],
    [['operation conv1x1', 'from 1', 'output']],
    [['operation conv1x1', 'from 0']],
    [['<gap>']],
  ])('refuses %j', (texts) => {
    expect(() => decodeCell(texts.map(tokenId))).toThrow(/does not belong|ends before its output/)
  })
})

describe('cells of NAS-Bench-201', () => {
  it('all 15,625 survive the round trip and are allowed by the mask', () => {
    const texts = new Set<string>()
    for (let index = 0; index < EDGE_CELLS; index++) {
      const genotype = edgeGenotypeAt(index)
      const tokens = encodeEdges(genotype)
      expect(decodeEdges(tokens)).toEqual(genotype)
      texts.add(tokens.join())
      if (index % 97 === 0) expectAllowed(edgeGrammar, tokens)
    }
    expect(texts.size).toBe(15_625)
  })

  it('refuse what is no cell', () => {
    expect(() => decodeEdges([END])).toThrow(/has 6 tokens, received 1/)
    expect(() => decodeEdges(new Array<number>(6).fill(END))).toThrow(/"<end>" at token 0/)
  })
})

describe('chains', () => {
  const space = spaceWith({})
  const codec = createChainCodec(space.names())

  it('10,000 random ones survive the round trip, two tokens a block', () => {
    const random = createRandom(2)
    for (let i = 0; i < 10_000; i++) {
      const genotype = space.random(random)
      const tokens = codec.encode(genotype)
      expect(tokens).toHaveLength(2 * genotype.blocks.length)
      expect(codec.decode(tokens)).toEqual(genotype)
    }
  })

  it.each([
    ['the default limits', {}],
    ['a tight limit', { maxMacs: 3_000_000 }],
    ['few parameters', { maxParameters: 20_000 }],
  ])('of the space are allowed by the mask, and what it allows is in the space: %s', (_, definition) => {
    const limited = spaceWith(definition)
    const grammar = createChainGrammar(limited, codec)
    const random = createRandom(3)
    for (let i = 0; i < 25; i++) expectAllowed(grammar, codec.encode(limited.random(random)))
    const lengths = new Set<number>()
    for (let i = 0; i < 40; i++) {
      const genotype = codec.decode(sample(grammar, random))
      lengths.add(genotype.blocks.length)
      expect(limited.problems(genotype)).toEqual([])
    }
    expect(lengths.size).toBeGreaterThan(2)
  })

  it('never leave a sample without a next token, even where no block is free of cost', () => {
    const dear = spaceWith({ blocks: ['resnet-basic', 'common-conv'], maxMacs: 9_000_000 })
    const own = createChainCodec(dear.names())
    const grammar = createChainGrammar(dear, own)
    const random = createRandom(4)
    for (let i = 0; i < 40; i++) expect(dear.problems(own.decode(sample(grammar, random)))).toEqual([])
  })

  it('hold the user’s blocks in slots, as many as there are', () => {
    const mine = Array.from({ length: USER_BLOCK_SLOTS + 1 }, (_, i) =>
      blockFromDocument(newBlockDocument(`mine-${i}`)),
    )
    const library = new Map<string, BlockDefinition>([
      ...BUILT_IN_BLOCKS,
      ...mine.map((block) => [block.name, block] as const),
    ])
    const wide = createChainCodec(spaceWith({}, library).names())
    const genotype = { space: 'block-chain', blocks: [{ block: 'mine-3', width: 2, stride: 2 }] } as const
    expect(wide.encode(genotype).map(describeWorkbenchToken)).toEqual(['user-block 3', 'width x2 stride 2'])
    expect(wide.decode(wide.encode(genotype))).toEqual(genotype)
    const beyond = {
      space: 'block-chain',
      blocks: [{ block: `mine-${USER_BLOCK_SLOTS}`, width: 1, stride: 1 }],
    } as const
    expect(() => wide.encode(beyond)).toThrow(/has no token/)
  })

  it('refuses to read what is no chain, naming the token', () => {
    expect(() => codec.decode([tokenId('block common-relu')])).toThrow(/at token 0, received "block common-relu"/)
    const pair = [tokenId('block common-relu'), tokenId('width x1 stride 1')]
    expect(() => codec.decode([...pair, ...pair.reverse()])).toThrow(/at token 2/)
  })
})

describe('sentences', () => {
  const body = encodeCell(cellAt(200_000))

  it('frame a body and give it back, with any gap', () => {
    const conditions = { space: 'nas-bench-101', size: 3, quality: 7 } as const
    expect(bodyOf(sentence(conditions, body))).toEqual(body)
    expect(bodyOf(sentence({ space: 'nas-bench-101' }, body))).toEqual(body)
    expect(sentence(conditions, [])[0]).toBe(START)
    for (let from = 0; from <= body.length; from++)
      for (let to = from; to <= body.length; to++)
        expect(bodyOf(gappedSentence(conditions, body, from, to))).toEqual(body)
  })

  it('refuse buckets and gaps that do not exist', () => {
    expect(() => sentence({ space: 'block-chain', size: 8 }, body)).toThrow(RangeError)
    expect(() => gappedSentence({ space: 'block-chain' }, body, 2, body.length + 1)).toThrow(RangeError)
    expect(() => bodyOf(body)).toThrow(/starts with <start>/)
  })
})
