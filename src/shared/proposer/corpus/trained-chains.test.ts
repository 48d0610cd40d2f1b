// The corpus of trained chains: what is written is read again, what is no such table is told, and what the plan trains.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BUILT_IN_BLOCKS } from '../../architecture/blocks'
import { createRandom } from '../../random'
import { createBlockChainSpace } from '../../spaces/block-chain/space'
import { chainSpaceSchema } from '../../spaces/block-chain/schema'
import { CORPUS_DEFAULTS, corpusPlan } from './corpus-plan'
import { CORPUS_PARTS, chainOfText, chainText, corpusText, readCorpus, type TrainedChain } from './trained-chains'

const space = createBlockChainSpace({
  definition: chainSpaceSchema.parse({ stemWidth: 8 }),
  inputShape: [16, 16, 1],
  classes: 10,
  library: BUILT_IN_BLOCKS,
})
const chains = fc.nat(1_000_000).map((seed) => space.random(createRandom(seed)))
const shares = fc.integer({ min: 0, max: 10_000 }).map((value) => value / 10_000)
const rows: fc.Arbitrary<TrainedChain> = fc.record({
  dataset: fc.constantFrom('fashion-mnist', 'digits'),
  part: fc.constantFrom(...CORPUS_PARTS),
  seed: fc.nat(1000),
  genotype: chains,
  parameters: fc.integer({ min: 1, max: 1_000_000 }),
  macs: fc.integer({ min: 1, max: 10_000_000 }),
  accuracy: shares,
  curve: fc.array(shares, { minLength: 1, maxLength: 12 }),
})

describe('a corpus of trained chains', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(fc.array(rows, { maxLength: 5 }), (written) => {
        expect(readCorpus(corpusText(written))).toEqual(written)
      }),
      { numRuns: 30 },
    )
  })

  it('holds chains as words', () => {
    fc.assert(
      fc.property(chains, (chain) => {
        expect(chainOfText(chainText(chain))).toEqual(chain)
      }),
      { numRuns: 50 },
    )
  })

  it.each([
    ['another table', 'a,b\n1,2\n', 'should have the columns'],
    ['an accuracy above 1', `${corpusText([])}x,drawn,1,1,1,2,0.5,common-relu\n`, 'Row 2 of the corpus, accuracy'],
    ['a chain that is none', `${corpusText([])}x,drawn,1,1,1,0.5,0.5,common-relu*3\n`, 'Block chain'],
    ['a part that is none', `${corpusText([])}x,else,1,1,1,0.5,0.5,common-relu\n`, 'Row 2 of the corpus, part'],
  ])('is refused where it is %s', (_, text, message) => {
    expect(() => readCorpus(text)).toThrow(message)
  })
})

describe('the plan of a corpus', () => {
  const plan = corpusPlan(CORPUS_DEFAULTS)

  it('draws at least 400 chains, on data that the test of a search is not made of', () => {
    const drawn = plan.filter(({ part }) => part === 'drawn')
    expect(drawn.reduce((sum, { definition }) => sum + definition.populationSize, 0)).toBeGreaterThanOrEqual(400)
    expect(plan.map(({ definition }) => definition.data.dataset)).not.toContain('cifar-10')
  })

  it('tells every search from every other, so that each is found again', () => {
    expect(new Set(plan.map(({ definition }) => JSON.stringify(definition))).size).toBe(plan.length)
  })

  it('draws before it repeats, and measures noise with two more seeds', () => {
    expect(plan[0]?.part).toBe('drawn')
    const repeated = plan.filter(({ part }) => part === 'repeated')
    expect(new Set(repeated.map(({ definition }) => definition.seed)).size).toBe(2)
    expect(plan.filter(({ part, taken }) => (part === 'drawn') !== (taken === null))).toEqual([])
  })
})
