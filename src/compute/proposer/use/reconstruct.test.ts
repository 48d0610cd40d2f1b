// Reconstruction and suggestions on the real space with a real model: valid, repeatable, drawn as probable as predicted.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BUILT_IN_BLOCKS } from '@shared/architecture/blocks'
import { blockFromDocument } from '@shared/architecture/block-from-document'
import type { BlockDefinition, BlockLibrary } from '@shared/architecture/block'
import { newBlockDocument } from '@shared/architecture/document'
import { blockNames, chainTokens, windowBeforeBlock } from '@shared/language'
import { createRandom } from '@shared/random'
import { chainSpaceSchema } from '@shared/spaces/block-chain/schema'
import { createBlockChainSpace, type BlockChainSpace } from '@shared/spaces/block-chain/space'
import { nativeBinding, tf } from '../../tensorflow/backend'
import { beginningTokens } from './beginnings'
import { likelihoods } from './likelihood'
import { referenceBlocks } from './testing/reference-blocks'
import { readCheckpoint, type Checkpoint } from '../model/checkpoint'
import type { ModelDescription } from '../model/model-file'
import { drawnDescription, drawnFirstFormat, writeDrawn } from '../testing/small-checkpoint'
import { createProposals, type Proposals } from './proposals'
import { reconstructChains } from './reconstruct'
import { suggestBlocks } from './suggest'

const spaceWith = (library: BlockLibrary, definition: Record<string, unknown> = {}): BlockChainSpace =>
  createBlockChainSpace({
    definition: chainSpaceSchema.parse(definition),
    inputShape: [32, 32, 3],
    classes: 10,
    library,
  })
const library = BUILT_IN_BLOCKS
const space = spaceWith(library)

let checkpoint: Checkpoint
let proposals: Proposals
async function drawn(description: ModelDescription) {
  const folder = await mkdtemp(join(tmpdir(), 'proposer-'))
  await writeDrawn(folder, 7, description)
  const read = await readCheckpoint(folder)
  await rm(folder, { recursive: true })
  return { checkpoint: read, proposals: createProposals(read) }
}
beforeAll(async () => {
  ;({ checkpoint, proposals } = await drawn(drawnDescription))
})
afterAll(() => proposals.dispose())

const requestsOf = (count: number, seed: number) => {
  const random = createRandom(seed)
  return Array.from({ length: count }, (_, i) => {
    const genotype = space.random(random)
    return {
      genotype,
      positions: genotype.blocks.flatMap((_, position) => (random.chance(0.4) ? [position] : [])),
      seed: i,
    }
  })
}

describe('probabilities of the next block', () => {
  it.each([
    ['with a table of counts', drawnDescription],
    ['of the first format, without one', drawnFirstFormat],
  ])('are the sum over predicted layers of GPT times classifier, as in plain float64: %s', async (_, description) => {
    const { checkpoint, proposals } = await drawn(description)
    const windows = requestsOf(3, 1).map(({ genotype }) => windowBeforeBlock(chainTokens(genotype, space, library), 5))
    const layers = proposals.nextLayers(windows)
    const weights = new Map(checkpoint.arrays.map(({ name, values }) => [name, values]))
    proposals.nextBlocks(windows).forEach(({ blocks, beginning }, i) => {
      const expected = referenceBlocks(windows[i]!, layers[i]!, beginningTokens(), weights, checkpoint.model.classifier)
      expect(Math.abs(beginning - expected.beginning)).toBeLessThan(1e-5)
      expected.blocks.forEach((probability, label) => expect(Math.abs(blocks[label]! - probability)).toBeLessThan(1e-5))
      expect(blocks.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5)
    })
    proposals.dispose()
  })
})

describe('reconstruction', () => {
  it('puts the likeliest blocks in when it is cold, and draws as predicted at 1', () => {
    const requests = requestsOf(30, 5)
    const means = [0.05, 1, 20].map((temperature) => {
      const rebuilt = reconstructChains(
        { proposals, space, library },
        requests.map((request) => ({ ...request, temperature })),
      )
      const ranked = rebuilt.flatMap(({ choices }) =>
        choices.map(({ probability, alternatives }) =>
          Number(alternatives.every((other) => other.probability <= probability)),
        ),
      )
      return ranked.reduce((sum, value) => sum + value, 0) / ranked.length
    })
    // The share of places that have the likeliest block.
    expect(means[0]).toBeGreaterThan(0.95)
    expect(means[1]).toBeLessThan(means[0]!)
    expect(means[2]).toBeLessThan(means[1]!)
    const plain = reconstructChains({ proposals, space, library }, requests)
    expect(plain).toEqual(
      reconstructChains(
        { proposals, space, library },
        requests.map((request) => ({ ...request, temperature: 1 })),
      ),
    )
  })

  it('stays inside the space and changes names only where it was asked to, for 100 seeds', () => {
    const requests = requestsOf(100, 2)
    const rebuilt = reconstructChains({ proposals, space, library }, requests)
    expect(rebuilt).toHaveLength(100)
    rebuilt.forEach(({ genotype, choices }, i) => {
      const { genotype: before, positions } = requests[i]!
      expect(space.problems(genotype)).toEqual([])
      expect(genotype.blocks).toHaveLength(before.blocks.length)
      expect(choices.map(({ position }) => position)).toEqual(positions)
      genotype.blocks.forEach(({ block }, position) => {
        const choice = choices.find((one) => one.position === position)
        expect(block).toBe(choice === undefined ? before.blocks[position]!.block : choice.chosen)
      })
      for (const { probability, chosen, alternatives } of choices) {
        expect(probability).toBeGreaterThan(0)
        expect(alternatives).toHaveLength(3)
        expect(alternatives.map(({ name }) => name)).not.toContain(chosen)
        const shown = alternatives.reduce((sum, one) => sum + one.probability, probability)
        expect(shown).toBeLessThanOrEqual(1 + 1e-6)
        expect([...alternatives].sort((a, b) => b.probability - a.probability)).toEqual(alternatives)
      }
    })
    expect(rebuilt.filter(({ choices }) => choices.length > 0).length).toBeGreaterThan(90)
  })

  it('is the same for the same seed, alone or among others, and another for another', () => {
    const requests = requestsOf(40, 3)
    const together = reconstructChains({ proposals, space, library }, requests)
    expect(reconstructChains({ proposals, space, library }, requests)).toEqual(together)
    for (const i of [0, 17, 39]) {
      const alone = reconstructChains({ proposals, space, library }, [requests[i]!])[0]!
      expect(alone.genotype).toEqual(together[i]!.genotype)
    }
    const others = reconstructChains(
      { proposals, space, library },
      requests.map((request) => ({ ...request, seed: request.seed + 1000 })),
    )
    expect(others).not.toEqual(together)
  })

  it('draws a block as often as it is probable', () => {
    const { genotype } = requestsOf(1, 4)[0]!
    const requests = Array.from({ length: 600 }, (_, seed) => ({ genotype, positions: [3], seed }))
    const choices = reconstructChains({ proposals, space, library }, requests).map((one) => one.choices[0]!)
    const probabilities = new Map(choices.map(({ chosen, probability }) => [chosen, probability]))
    for (const [name, probability] of probabilities) {
      const share = choices.filter(({ chosen }) => chosen === name).length / 600
      // Four standard deviations of a share of 600 draws.
      expect(Math.abs(share - probability), name).toBeLessThan(
        4 * Math.sqrt((probability * (1 - probability)) / 600) + 1e-3,
      )
    }
    expect(probabilities.size).toBeGreaterThan(3)
  })

  it('reads the prefix as already rebuilt, and nothing behind the position', () => {
    const { genotype } = requestsOf(1, 5)[0]!
    const [result] = reconstructChains({ proposals, space, library }, [{ genotype, positions: [2, 3], seed: 1 }])
    const rebuilt = reconstructChains({ proposals, space, library }, [{ genotype, positions: [2], seed: 1 }])[0]!
    const window = windowBeforeBlock(chainTokens(rebuilt.genotype, space, library), 3)
    const { blocks } = proposals.nextBlocks([window])[0]!
    const allowed = space.names().filter((name) => space.replaceAt(rebuilt.genotype, 3, name) !== undefined)
    const total = allowed.reduce((sum, name) => sum + blocks[blockNames.indexOf(name)]!, 0)
    const { chosen, probability } = result!.choices[1]!
    expect(probability).toBeCloseTo(blocks[blockNames.indexOf(chosen)]! / total, 6)
  })

  it('keeps to the blocks of the space and to its limits', () => {
    const narrow = spaceWith(library, { blocks: ['common-relu', 'resnet-basic', 'common-conv'], maxMacs: 9_000_000 })
    const random = createRandom(6)
    const requests = Array.from({ length: 30 }, (_, seed) => {
      const genotype = narrow.random(random)
      return { genotype, positions: genotype.blocks.map((_, position) => position), seed }
    })
    const rebuilt = reconstructChains({ proposals, space: narrow, library }, requests)
    for (const { genotype } of rebuilt) expect(narrow.problems(genotype)).toEqual([])
    expect(new Set(rebuilt.flatMap(({ choices }) => choices.map(({ chosen }) => chosen)))).toEqual(
      new Set(['common-relu', 'resnet-basic', 'common-conv']),
    )
  })

  it('refuses chains outside the space and positions that are not there', () => {
    const { genotype } = requestsOf(1, 7)[0]!
    const call =
      (positions: number[], blocks = genotype.blocks) =>
      (): unknown =>
        reconstructChains({ proposals, space, library }, [{ genotype: { ...genotype, blocks }, positions, seed: 1 }])
    expect(call([genotype.blocks.length])).toThrow(/Positions must rise/)
    expect(call([3, 3])).toThrow(/Positions must rise/)
    expect(call([0], genotype.blocks.slice(0, 2))).toThrow(/inside the space/)
  })
})

describe("a user's block", () => {
  const own = blockFromDocument(newBlockDocument('my-block'), library)
  const withOwn = new Map<string, BlockDefinition>(library).set(own.name, own)
  const ownSpace = spaceWith(withOwn)

  it('is scored by the mean likelihood of its layers', () => {
    const [before, block] = [
      [20, 90, 93],
      [20, 90, 93, 21],
    ]
    const expected = block.map((token, i) => {
      const seen = [...before, ...block.slice(0, i)].slice(-10)
      return Math.log(proposals.nextLayers([[...new Array<number>(10 - seen.length).fill(1), ...seen]])[0]![token]!)
    })
    const mean = expected.reduce((sum, value) => sum + value, 0) / block.length
    expect(likelihoods([{ before, block }], proposals)[0]).toBeCloseTo(Math.exp(mean), 6)
  })

  it('stands beside the others with that score, and every chain with it is valid', () => {
    const random = createRandom(8)
    const genotype = ownSpace.random(random)
    const suggested = suggestBlocks(
      { proposals, space: ownSpace, library: withOwn },
      { genotype, position: 3, count: 50 },
    )
    const position = suggested.findIndex(({ block }) => block === 'my-block')
    const tokens = chainTokens(ownSpace.replaceAt(genotype, 3, 'my-block')!, ownSpace, withOwn)
    const before = [...tokens.stem, ...tokens.blocks.slice(0, 3).flat()]
    const [score] = likelihoods([{ before, block: tokens.blocks[3]! }], proposals)
    const { blocks } = proposals.nextBlocks([windowBeforeBlock(tokens, 3)])[0]!
    const other = suggested.find(({ block }) => block !== 'my-block')!
    const ratio = suggested[position]!.probability / other.probability
    expect(ratio / (score! / blocks[blockNames.indexOf(other.block)]!)).toBeCloseTo(1, 4)

    const requests = Array.from({ length: 8 }, (_, seed) => {
      const drawn = ownSpace.random(random)
      return { genotype: drawn, positions: drawn.blocks.map((_, place) => place), seed }
    })
    for (const rebuilt of reconstructChains({ proposals, space: ownSpace, library: withOwn }, requests))
      expect(ownSpace.problems(rebuilt.genotype)).toEqual([])
  })
})

describe('suggestions', () => {
  it('are the most probable blocks that fit behind a prefix, wherever it ends', () => {
    const { genotype } = requestsOf(1, 9)[0]!
    const all = suggestBlocks({ proposals, space, library }, { genotype, position: 4, count: 50 })
    expect(all.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 6)
    expect([...all].sort((a, b) => b.probability - a.probability)).toEqual(all)
    expect(suggestBlocks({ proposals, space, library }, { genotype, position: 4, count: 3 })).toEqual(all.slice(0, 3))
    // What stands behind the position does not matter, nor does a chain that is still too short.
    const short = { ...genotype, blocks: genotype.blocks.slice(0, 5) }
    expect(suggestBlocks({ proposals, space, library }, { genotype: short, position: 4, count: 50 })).toEqual(all)
    expect(suggestBlocks({ proposals, space, library }, { genotype: short, position: 5, count: 5 })).toHaveLength(5)
    expect(
      suggestBlocks({ proposals, space, library }, { genotype: { ...genotype, blocks: [] }, position: 0, count: 5 }),
    ).toHaveLength(5)
    expect(() => suggestBlocks({ proposals, space, library }, { genotype: short, position: 6, count: 5 })).toThrow(
      /positions 0 to 5/,
    )
  })
})

describe('tensors', () => {
  it('are all gone after reconstructions and after the proposer', () => {
    const use = (): void => {
      const one = createProposals(checkpoint)
      reconstructChains({ proposals: one, space, library }, requestsOf(5, 10))
      one.dispose()
    }
    use()
    const before = { tensors: tf.memory().numTensors, native: nativeBinding.getNumOfTensors() }
    reconstructChains({ proposals, space, library }, requestsOf(5, 11))
    use()
    expect({ tensors: tf.memory().numTensors, native: nativeBinding.getNumOfTensors() }).toEqual(before)
  })
})
