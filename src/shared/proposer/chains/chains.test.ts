// The judge of chains: its process against the textbook, what it reads of other spaces, that it comes back from its file, and how a search
// uses it.
import { describe, expect, it } from 'vitest'
import { BUILT_IN_BLOCKS } from '../../architecture/blocks'
import { createRandom } from '../../random'
import { kendallTau } from '../../rank-correlation'
import { chainSpaceSchema } from '../../spaces/block-chain/schema'
import { createBlockChainSpace, type ChainGenotype } from '../../spaces/block-chain/space'
import { createEdgeSpace } from '../../spaces/nas-bench-201/space'
import type { Space } from '../../spaces/space'
import { openCorpusSpace } from '../corpus/corpus-plan'
import { chainJudgeOf, chainWeights, CHAINS_FORMAT } from './checkpoint'
import { figureReader } from './figures'
import { chainJudge } from './judge'
import { LEAST_CHAINS, trainChains } from './model'
import { fitProcess, predict } from './process'
import { chainFigures } from './report'

const corpus = openCorpusSpace(BUILT_IN_BLOCKS)
const asSpace = (space: object): Space => space as Space
const random = createRandom(4)
/** Wide ends are good, and nothing else counts. */
const worth = (space: Pick<typeof corpus, 'walk' | 'stem'>, genotype: ChainGenotype): number =>
  Math.log2(space.walk(genotype).steps.at(-1)?.output[2] ?? 1)
const chains = Array.from({ length: 60 }, () => corpus.random(random)).map((genotype, i) => ({
  ...{ genotype, dataset: i % 2 === 0 ? 'one' : 'two', parameters: corpus.walk(genotype).weights },
  accuracy: worth(corpus, genotype) + (i % 2 === 0 ? 0 : 10),
}))
const model = trainChains(asSpace(corpus), chains, { seed: 1, shuffleLabels: false })
const judge = chainJudge('mine', model, 0.6)

/** How a judge orders random members of a space by what they are worth. */
function tauIn(space: typeof corpus, of = judge): number {
  const expects = of.of(asSpace(space))
  const members = Array.from({ length: 60 }, () => space.random(random))
  return kendallTau(
    members.map((member) => expects?.(member) ?? 0),
    members.map((member) => worth(space, member)),
  )
}

describe('the process of the judge of chains', () => {
  it('predicts what the textbook predicts', () => {
    const rows = Array.from({ length: 8 }, () => Float64Array.from({ length: 5 }, () => random.next() * 4 - 2))
    const targets = rows.map((row) => Math.sin(row[0]!) + row[4]!)
    const models = fitProcess(rows, 2, targets)
    expect(models.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1)
    const at = Float64Array.from([0.1, -1, 0.4, 0.2, 1])
    const mean = targets.reduce((sum, value) => sum + value, 0) / targets.length
    const square = (a: Float64Array, b: Float64Array, from: number, to: number): number =>
      a.slice(from, to).reduce((sum, value, i) => sum + (value - b[from + i]!) ** 2, 0) / (to - from)
    const expected = models.map(({ counts, traits, noise, share, weights }) => {
      const kernel = (a: Float64Array, b: Float64Array): number =>
        Math.exp(-0.5 * (counts * square(a, b, 0, 2) + traits * square(a, b, 2, 5)))
      // The weights solve (K + noise) w = y - mean.
      rows.forEach((row, i) => {
        const left = rows.reduce((sum, other, j) => sum + weights[j]! * (kernel(row, other) + (i === j ? noise : 0)), 0)
        expect(left).toBeCloseTo(targets[i]! - mean, 6)
      })
      return share * (mean + rows.reduce((sum, row, i) => sum + weights[i]! * kernel(row, at), 0))
    })
    expect(predict(models, rows, 2, at)).toBeCloseTo(
      expected.reduce((sum, value) => sum + value, 0),
      8,
    )
  })
})

describe('the judge of chains', () => {
  it('orders chains that it has not seen, and says nothing with labels dealt out anew', () => {
    expect(tauIn(corpus)).toBeGreaterThan(0.6)
    const shuffled = trainChains(asSpace(corpus), chains, { seed: 1, shuffleLabels: true })
    expect(Math.abs(tauIn(corpus, chainJudge('shuffled', shuffled, 0.6)))).toBeLessThan(0.4)
  })

  it('does so at other limits, and where blocks are missing', () => {
    const other = (definition: object) =>
      createBlockChainSpace({
        definition: chainSpaceSchema.parse(definition),
        inputShape: [32, 32, 3],
        classes: 10,
        library: BUILT_IN_BLOCKS,
      })
    expect(tauIn(other({ stemWidth: 32, maxWidth: 512 }))).toBeGreaterThan(0.4)
    expect(tauIn(other({ blocks: corpus.names().filter((name) => !name.startsWith('res')) }))).toBeGreaterThan(0.4)
  })

  it('says nothing of a space that tells it none of its figures', () => {
    expect(judge.of(asSpace(createEdgeSpace()))).toBeUndefined()
    const { figureTitles: _, ...silent } = corpus
    expect(judge.of(asSpace(silent))).toBeUndefined()
    expect(figureReader(asSpace(corpus), ['something else'])).toBeUndefined()
  })

  it('comes back from its file as it was, and is refused with other sizes', () => {
    const processes = model.processes.map(({ weights: _, ...rest }) => rest)
    const file = {
      ...({ format: CHAINS_FORMAT, preset: 'chains', name: 'mine', trust: 0.6, metrics: {} } as const),
      ...{ titles: [...model.titles], counted: model.counted, rows: model.rows.length, processes },
      training: { seed: 1, shuffleLabels: false, command: '', corpusSha256: '', datasets: {}, seconds: 0 },
      ...{ weights: { sha256: '', sizeBytes: 0 }, card: { sha256: '' } },
    }
    const weights = chainWeights(model)
    const read = chainJudgeOf(file, weights).of(asSpace(corpus))
    const expects = judge.of(asSpace(corpus))
    for (const { genotype } of chains.slice(0, 5)) expect(read?.(genotype)).toBeCloseTo(expects?.(genotype) ?? NaN, 3)
    expect(() => chainJudgeOf(file, weights.subarray(1))).toThrow(/cannot be those of 60 chains/)
  })

  it('learns from no handful of chains', () => {
    const few = chains.slice(0, LEAST_CHAINS - 1)
    expect(() => trainChains(asSpace(corpus), few, { seed: 1, shuffleLabels: false })).toThrow(/at least 20/)
  })

  it('tells what it orders of what it has not seen, also of a data set', () => {
    const figures = chainFigures(asSpace(corpus), chains, 1)
    expect(figures['tauHalves']).toBeGreaterThan(0.5)
    expect(figures['tauUnseen one']).toBeGreaterThan(0.5)
    expect(figures['trust']).toBeGreaterThan(0.6)
  })
})
