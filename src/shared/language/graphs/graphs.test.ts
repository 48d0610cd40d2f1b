// Words read as operations, and choices read as graphs: by hand for each kind of wiring, by property for what must always hold.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { operationWeight, readWord } from './operation'
import { INPUT, graphKey, prune } from './operation-graph'
import { liveWords } from './live-words'
import { graphOfWords, pathsOfWords, wiringOf } from './wiring'

const EDGE_WORDS = ['none', 'skip_connect', 'nor_conv_1x1', 'nor_conv_3x3', 'avg_pool_3x3']
const EDGES = ['e0_1', 'e0_2', 'e1_2', 'e0_3', 'e1_3', 'e2_3'].map((name) => ({ name, choices: EDGE_WORDS }))
const edges = wiringOf(EDGES)
const chain = wiringOf(['first', 'second', 'third'].map((name) => ({ name, choices: ['conv3', 'identity', 'zero'] })))

describe('words', () => {
  it.each([
    ['none', 'none'],
    ['Zero', 'none'],
    ['skip_connect', 'skip'],
    ['Identity', 'skip'],
  ])('%s means %s', (word, meaning) => {
    expect(readWord(word)).toBe(meaning)
  })

  it.each([
    ['nor_conv_3x3', 'convolution', 3, 1],
    ['nor_conv_1x1', 'convolution', 1, 1],
    ['conv', 'convolution', 3, 1],
    ['avg_pool_3x3', 'pool', 3, 1],
    ['max_pool_2x2', 'pool', 2, 1],
    ['mbconv5_e6', 'depthwise', 5, 6],
    ['mbconv3', 'depthwise', 3, 1],
    ['sep_conv_5x5', 'depthwise', 5, 1],
    ['dil_conv_3x3', 'depthwise', 3, 1],
  ])('%s is a %s of side %i and expansion %i', (word, kind, kernel, expansion) => {
    expect(readWord(word)).toEqual({ kind, kernel, expansion, word: '' })
  })

  it('keep what tells them apart where nothing is known of them', () => {
    expect(readWord('GAT')).toEqual({ kind: 'other', kernel: 1, expansion: 1, word: 'gat' })
    expect(readWord('gcn')).not.toEqual(readWord('gat'))
  })

  it('weigh as much as their kernels', () => {
    const weight = (word: string): number => {
      const meaning = readWord(word)
      return typeof meaning === 'string' ? NaN : operationWeight(meaning)
    }
    expect([weight('conv_3x3'), weight('conv_1x1'), weight('max_pool_3x3'), weight('gat')]).toEqual([9, 1, 0, 0])
    // 2e for the two pointwise convolutions, e k² / 64 for the depthwise one.
    expect(weight('mbconv5_e6')).toBeCloseTo(12 + 150 / 64, 12)
  })
})

describe('positions that are edges', () => {
  it('make the graph of what reaches the output', () => {
    // 0>1 conv3, 1>3 skip, everything else cut: one convolution.
    const words = ['nor_conv_3x3', 'none', 'none', 'none', 'skip_connect', 'none']
    expect(graphKey(graphOfWords(edges, words))).toBe('convolution:3:1:<-1 -> 0')
    expect(pathsOfWords(edges, words)).toEqual([[readWord('nor_conv_3x3')]])
  })

  it('drop operations that lead nowhere', () => {
    const words = ['nor_conv_3x3', 'none', 'none', 'skip_connect', 'none', 'none']
    expect(graphOfWords(edges, words)).toEqual({ nodes: [], output: [INPUT] })
  })

  it('sum equal ways once in the graph and as often as they are there among the paths', () => {
    const words = ['skip_connect', 'skip_connect', 'none', 'none', 'skip_connect', 'skip_connect']
    expect(graphOfWords(edges, words)).toEqual({ nodes: [], output: [INPUT] })
    expect(pathsOfWords(edges, words)).toEqual([[], []])
  })

  it('may cut everything', () => {
    const words = EDGES.map(() => 'none')
    expect(graphOfWords(edges, words)).toEqual({ nodes: [], output: [] })
    expect(pathsOfWords(edges, words)).toEqual([])
  })
})

describe('a word that wires the rest', () => {
  const operations = ['gat', 'gcn', 'skip']
  const wired = wiringOf([
    { name: 'wiring', choices: ['w000', 'w001', 'w012'] },
    ...['op1', 'op2', 'op3'].map((name) => ({ name, choices: operations })),
  ])

  it('says what each operation reads, and the output joins what nobody reads', () => {
    const graph = graphOfWords(wired, ['w001', 'gat', 'gcn', 'gat'])
    expect(graphKey(graph)).toBe('other:1:1:gat<-1 other:1:1:gcn<-1 other:1:1:gat<0 -> 1,2')
    expect(pathsOfWords(wired, ['w001', 'gat', 'gcn', 'gat']).map((path) => path.map(({ word }) => word))).toEqual([
      ['gcn'],
      ['gat', 'gat'],
    ])
  })

  it('is a chain where each reads the one before', () => {
    expect(graphKey(graphOfWords(wired, ['w012', 'gat', 'skip', 'gcn']))).toBe('other:1:1:gat<-1 other:1:1:gcn<0 -> 1')
  })

  it('is no wiring when a digit names an operation that comes later', () => {
    const positions = [{ name: 'wiring', choices: ['w020', 'w000'] }, ...EDGES.slice(0, 3)]
    expect(wiringOf([...positions, { name: 'last', choices: ['a'] }]).kind).toBe('chain')
  })
})

describe('anything else', () => {
  it('is a chain in the declared order', () => {
    expect(graphKey(graphOfWords(chain, ['conv3', 'identity', 'conv3']))).toBe(
      'convolution:3:1:<-1 convolution:3:1:<0 -> 1',
    )
    expect(graphOfWords(chain, ['conv3', 'zero', 'conv3'])).toEqual({ nodes: [], output: [] })
    expect(pathsOfWords(chain, ['conv3', 'identity', 'conv3'])).toEqual([])
  })
})

it('graphs are pruned, in topological order, and their paths are those of the words', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...EDGE_WORDS), { minLength: 6, maxLength: 6 }), (words) => {
      const graph = graphOfWords(edges, words)
      expect(prune(graph)).toEqual(graph)
      graph.nodes.forEach(({ from }, index) => {
        expect(from.length).toBeGreaterThan(0)
        expect(from.every((source) => source >= INPUT && source < index)).toBe(true)
      })
      const isCut = pathsOfWords(edges, words).length === 0
      expect(graph.output.length === 0).toBe(isCut)
    }),
  )
})

describe('choices that nothing passes', () => {
  it('are none, in their places', () => {
    // Nothing reaches vertex 1, and nothing leaves vertex 2.
    const words = ['none', 'nor_conv_3x3', 'avg_pool_3x3', 'skip_connect', 'nor_conv_1x1', 'none']
    expect(liveWords(edges, words)).toEqual(['none', 'none', 'none', 'skip_connect', 'none', 'none'])
  })

  it('change neither the graph nor its ways, and there is no more to leave out', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...EDGE_WORDS), { minLength: 6, maxLength: 6 }), (words) => {
        const live = liveWords(edges, words)
        expect(graphKey(graphOfWords(edges, live))).toBe(graphKey(graphOfWords(edges, words)))
        expect(pathsOfWords(edges, live)).toEqual(pathsOfWords(edges, words))
        expect(liveWords(edges, live)).toEqual(live)
        live.forEach((word, position) => {
          if (word === 'none') return
          const without = live.map((other, i) => (i === position ? 'none' : other))
          expect(pathsOfWords(edges, without).length).toBeLessThan(pathsOfWords(edges, live).length)
        })
      }),
    )
  })

  it('stay as they are where positions are no edges', () => {
    expect(liveWords(chain, ['conv3', 'zero', 'conv3'])).toEqual(['conv3', 'zero', 'conv3'])
  })
})
