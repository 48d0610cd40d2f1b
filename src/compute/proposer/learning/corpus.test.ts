// What the corpus holds, against the language and the spaces; and that nothing held out is trained on.
import { describe, expect, it } from 'vitest'
import { BUILT_IN_BLOCKS } from '@shared/architecture/blocks'
import type { ParameterValues } from '@shared/architecture/layer'
import { ZOO_NAMES, zooNetwork } from '@shared/architecture/zoo'
import { END_TOKEN, START_TOKEN, blockNames, describeToken, layerTokensOfBlock, vocabularySize } from '@shared/language'
import { beginningTokens } from '../use/beginnings'
import { BLOCK_ROW, WINDOW_ROW, cellCorpus, chainCorpus, known, mixed, zooCorpus } from './corpus'
import { createRowCounter, type RowCounter } from './row-counts'

const pause = (): Promise<void> => Promise.resolve()
const codes = (key: string): number[] => [...key].map((letter) => letter.charCodeAt(0))
/** Rows that begin a sentence: nothing but <start> in the window. */
const beginnings = (counter: RowCounter): number =>
  [...counter.entries()].reduce(
    (sum, [key, count]) =>
      codes(key)
        .slice(0, -1)
        .every((token) => token === START_TOKEN)
        ? sum + count
        : sum,
    0,
  )
const endings = (counter: RowCounter): number =>
  [...counter.entries()].reduce(
    (sum, [key, count]) => (key.charCodeAt(WINDOW_ROW - 1) === END_TOKEN ? sum + count : sum),
    0,
  )

describe('cells', () => {
  it('are split by sentence: one begins and ends for each, on its own side', async () => {
    const { networks, windows, sentences } = await cellCorpus(800, 3, 0.2, pause)
    expect(networks.train + networks.stop + networks.heldOut).toBe(800)
    // 0.2 of about 790 different sentences; six standard deviations.
    expect(Math.abs(networks.heldOut - 160)).toBeLessThan(70)
    for (const side of ['train', 'stop', 'heldOut'] as const) {
      expect(beginnings(windows[side])).toBe(networks[side])
      expect(endings(windows[side])).toBe(networks[side])
    }
    const total = Object.values(sentences)
      .flatMap((side) => [...side.values()])
      .reduce((a, b) => a + b, 0)
    expect(total).toBe(800)
  })

  it('lie on the same side in every corpus, whatever else is in it', async () => {
    const small = await cellCorpus(300, 5, 0.3, pause)
    const large = await cellCorpus(900, 6, 0.3, pause)
    const heldOut = new Set([...small.sentences.heldOut.keys(), ...large.sentences.heldOut.keys()])
    const stop = new Set([...small.sentences.stop.keys(), ...large.sentences.stop.keys()])
    const trained = new Set([...small.sentences.train.keys(), ...large.sentences.train.keys()])
    expect(heldOut.size).toBeGreaterThan(200)
    expect(stop.size).toBeGreaterThan(20)
    expect([...heldOut, ...stop].filter((sentence) => trained.has(sentence))).toEqual([])
    expect([...heldOut].filter((sentence) => stop.has(sentence))).toEqual([])
  })

  it('with one sentence are one sentence', async () => {
    const { sentences } = await cellCorpus(3000, 1, 0.1, pause)
    // 3,000 cells made 2,848 sentences when the language was fixed.
    const different = Object.values(sentences).reduce((sum, { size }) => sum + size, 0)
    expect(different).toBeGreaterThan(2500)
    expect(different).toBeLessThan(3000)
  })

  it('are the same for the same seed', async () => {
    const [first, second] = [await cellCorpus(120, 9, 0.1, pause), await cellCorpus(120, 9, 0.1, pause)]
    expect([...second.windows.train.entries()]).toEqual([...first.windows.train.entries()])
    const other = await cellCorpus(120, 10, 0.1, pause)
    expect([...other.windows.train.entries()]).not.toEqual([...first.windows.train.entries()])
  })
})

describe('chains', () => {
  it('name the block that each first layer begins', async () => {
    const { networks, blocks } = await chainCorpus(40, 2, 0.1, pause)
    expect(networks.train + networks.stop + networks.heldOut).toBe(40)
    const begins = beginningTokens()
    const labels = new Set<number>()
    for (const [key] of blocks.train.entries()) {
      const [layer, label] = codes(key).slice(BLOCK_ROW - 2)
      labels.add(label!)
      expect(begins[layer!], `${describeToken(layer!)} begins ${blockNames[label!]}`).toBe(1)
    }
    expect(labels.size).toBe(blockNames.length)
  })
})

describe('the zoo', () => {
  it('is there whole, with the blocks that have a class', async () => {
    const { networks, windows, blocks } = await zooCorpus(0.05, pause)
    expect(networks).toEqual({ train: ZOO_NAMES.length - 4, stop: 2, heldOut: 2 })
    expect(beginnings(windows.train)).toBe(ZOO_NAMES.length - 4)
    expect(beginnings(known(windows))).toBe(ZOO_NAMES.length - 2)
    const stages = ZOO_NAMES.flatMap((name) => zooNetwork(name).stages).filter(({ block }) =>
      blockNames.includes(block),
    )
    expect(known(blocks).total + blocks.heldOut.total).toBe(stages.length)
  })

  it('has the share of the draws that a mixture gives it', async () => {
    const { windows: chains } = await chainCorpus(10, 2, 0.1, pause)
    const { windows: zoo } = await zooCorpus(0.05, pause)
    const { total } = chains.train
    expect(mixed([chains.train, 0.5], [zoo.train, 0.5]).total).toBeCloseTo(2 * total, 3)
    const three = mixed([chains.train, 0.25], [zoo.train, 0.5], [zoo.stop, 0.25])
    expect(three.total).toBeCloseTo(4 * total, 3)
  })

  it('is the whole mixture where the others have nothing', () => {
    const [none, some] = [createRowCounter(2), createRowCounter(2)]
    some.add([4, 5])
    expect(mixed([none, 0.5], [some, 0.5]).total).toBe(1)
    expect(mixed([some, 0.5], [none, 0.5]).total).toBe(1)
  })
})

describe('layers that begin a block', () => {
  it('are some of the vocabulary, and those of the blocks at their defaults among them', () => {
    const begins = beginningTokens()
    const count = begins.reduce((sum, value) => sum + value, 0)
    expect(count).toBeGreaterThan(10)
    expect(count).toBeLessThan(vocabularySize / 2)
    for (const name of blockNames) {
      const block = BUILT_IN_BLOCKS.get(name)!
      const width: ParameterValues = 'width' in block.parameters ? { width: 64 } : {}
      expect(begins[layerTokensOfBlock(block, width, [16, 16, 64])[0]!], name).toBe(1)
    }
  })
})
