// The stored vocabulary is what the function generates, and the tokens say what the layers are.
import { describe, expect, it } from 'vitest'
import { BUILT_IN_BLOCKS, PAPER_BLOCKS } from '../../architecture/blocks'
import { catalogue } from '../../architecture/catalogue'
import { INPUT_ID, type LayerGraph, type ParameterValues, type TensorShape } from '../../architecture/layer'
import { ZOO_NAMES, zooNetwork } from '../../architecture/zoo'
import { createRandom } from '../../random'
import { chainSpaceSchema } from '../../spaces/block-chain/schema'
import { createBlockChainSpace } from '../../spaces/block-chain/space'
import { cellGraph, cellNetwork } from '../../spaces/nas-bench-101/cell-layers'
import { cellOf } from '../../spaces/nas-bench-101/genotype'
import { randomCell } from '../../spaces/nas-bench-101/enumerate'
import { PAPER_BLOCK_NAMES } from './block-names'
import { chainTokens, windowBeforeBlock } from './chain-tokens'
import { generateVocabulary } from './generate-vocabulary'
import {
  FIRST_LAYER_TOKEN,
  START_TOKEN,
  UNKNOWN_TOKEN,
  describeToken,
  kindsWithoutToken,
  layerTokensOfBlock,
  tokenOfStructure,
  tokenizeLayers,
  vocabularySize,
  windowBefore,
} from './tokenize'
import stored from './vocabulary-paper-1.json'

const one = (kind: string, parameters: ParameterValues, input: TensorShape): string => {
  const graph: LayerGraph = { input, nodes: [{ id: 'a', kind, parameters, inputs: [INPUT_ID] }], output: 'a' }
  return describeToken(tokenizeLayers(graph)[0]!)
}

describe('the vocabulary of preset paper', () => {
  it('is the stored file: ids never move under a checkpoint', () => {
    expect(generateVocabulary()).toEqual(stored)
  })

  it('has a token for each text and each structure, and each structure finds its own token', () => {
    const texts = Array.from({ length: vocabularySize }, (_, id) => describeToken(id))
    expect(new Set(texts).size).toBe(vocabularySize)
    generateVocabulary().layers.forEach(({ structure }, i) =>
      expect(describeToken(tokenOfStructure(structure))).toBe(describeToken(FIRST_LAYER_TOKEN + i)),
    )
    expect(() => describeToken(vocabularySize)).toThrow(RangeError)
    expect(() => describeToken(-1)).toThrow(RangeError)
  })
})

describe('tokens of layers', () => {
  it('are relative: a layer has the same token at every size and width', () => {
    for (const [size, channels] of [
      [32, 16],
      [8, 64],
      [224, 96],
    ] as const)
      expect(one('conv2d', { channels: channels * 2, kernel: [3, 3], stride: [2, 2] }, [size, size, channels])).toBe(
        'conv 3x3 stride 2 x2',
      )
  })

  it.each<[string, ParameterValues, TensorShape, string]>([
    ['conv2d', { channels: 16, kernel: [3, 3] }, [32, 32, 3], 'conv 3x3 x6'],
    ['conv2d', { channels: 64, kernel: [1, 1] }, [8, 8, 256], 'conv 1x1 x1/4'],
    ['conv2d', { channels: 60, kernel: [1, 1] }, [8, 8, 256], 'conv 1x1 x1/4'],
    ['conv2d', { channels: 8, kernel: [1, 1], bias: true }, [1, 1, 32], 'conv 1x1 bias x1/4'],
    ['conv2d', { channels: 128, kernel: [3, 3], groups: 32 }, [8, 8, 128], 'conv 3x3 groups 32 x1'],
    ['conv2d', { channels: 128, kernel: [3, 3], groups: 3 }, [8, 8, 129], 'nothing'],
    ['conv2d', { channels: 32, kernel: [9, 9] }, [32, 32, 32], 'conv 7x7 x1'],
    ['conv2d', { channels: 32, kernel: [1, 7] }, [32, 32, 32], 'conv 1x7 x1'],
    ['depthwise-conv2d', { kernel: [5, 5], stride: [2, 2] }, [8, 8, 8], 'depthwise 5x5 stride 2'],
    ['max-pool', { kernel: [3, 3], stride: [2, 2] }, [8, 8, 8], 'max-pool 3x3 stride 2'],
    ['average-pool', { kernel: [7, 7], stride: [1, 1] }, [8, 8, 8], 'average-pool 5x5 stride 1'],
    ['dense', { features: 10 }, [40], 'dense x1/4'],
    ['hard-swish', {}, [8, 8, 8], 'hard-swish'],
  ])('%s %j on %j is "%s"', (kind, parameters, input, text) => {
    if (text === 'nothing') expect(() => one(kind, parameters, input)).toThrow(/groups do not divide/)
    else expect(one(kind, parameters, input)).toBe(text)
  })

  it('fall to the nearest stride before anything else, and to <unk> for a kind without tokens', () => {
    expect(one('max-pool', { kernel: [2, 2], stride: [4, 4] }, [8, 8, 8])).toBe('max-pool 2x2 stride 2')
    expect(tokenOfStructure({ kind: 'attention' })).toBe(UNKNOWN_TOKEN)
  })
})

describe('a kind that the frozen vocabulary lacks', () => {
  it('is not in the catalogue, unless it says which of the known ones it is akin to', () => {
    expect(kindsWithoutToken(catalogue.values())).toEqual([])
  })

  it('is found where it says nothing, or names a kind that is not known either', () => {
    const definitions = [{ kind: 'mish' }, { kind: 'attention', akin: 'mish' }, { kind: 'elu', akin: 'silu' }]
    expect(kindsWithoutToken([...definitions, { kind: 'relu' }])).toEqual(['mish', 'attention'])
  })
})

describe('tokens of blocks and cells', () => {
  it('tell the 15 blocks of the paper apart at their defaults', () => {
    expect(PAPER_BLOCK_NAMES).toHaveLength(15)
    const sentences = PAPER_BLOCK_NAMES.map((name) => {
      const block = PAPER_BLOCKS.get(name)!
      return layerTokensOfBlock(block, 'width' in block.parameters ? { width: 64 } : {}, [16, 16, 64]).join()
    })
    expect(new Set(sentences).size).toBe(15)
    expect(sentences.join().split(',')).not.toContain(String(UNKNOWN_TOKEN))
  })

  it('spell a convolution of a cell as convolution, normalisation, activation, in pruned topological order', () => {
    const cell = cellOf({
      space: 'nas-bench-101',
      matrix: '0110/0011/0001/0000',
      operations: ['conv3x3', 'maxpool3x3'],
    })
    // Each of the two branches that meet at the output has half of the channels.
    expect(tokenizeLayers(cellGraph(cell, [32, 32, 128], 128)).map(describeToken)).toEqual([
      ...['conv 1x1 x1/2', 'batch-norm', 'relu', 'conv 3x3 x1', 'batch-norm', 'relu'],
      ...['conv 1x1 x1/2', 'batch-norm', 'relu', 'add', 'max-pool 3x3 stride 1'],
      'concatenate',
    ])
  })

  it('cover networks of random cells without unknown tokens', () => {
    const random = createRandom(4)
    for (let i = 0; i < 50; i++) {
      const tokens = tokenizeLayers(cellNetwork(randomCell(random)))
      expect(tokens).not.toContain(UNKNOWN_TOKEN)
      expect(describeToken(tokens[0]!)).toBe('conv 3x3 x48')
      expect(describeToken(tokens.at(-1)!)).toBe('dense x1/64')
    }
  })

  it('cover the 36 networks of the zoo without unknown tokens', () => {
    expect(ZOO_NAMES).toHaveLength(36)
    for (const name of ZOO_NAMES) expect(tokenizeLayers(zooNetwork(name).graph)).not.toContain(UNKNOWN_TOKEN)
  })

  it('of a chain are those of its expanded network, block by block', () => {
    const space = createBlockChainSpace({
      definition: chainSpaceSchema.parse({}),
      inputShape: [32, 32, 3],
      classes: 10,
      library: BUILT_IN_BLOCKS,
    })
    const random = createRandom(6)
    for (let i = 0; i < 50; i++) {
      const genotype = space.random(random)
      const tokens = chainTokens(genotype, space, BUILT_IN_BLOCKS)
      const whole = tokenizeLayers(space.toGraph(genotype))
      // Behind the blocks: pooling, flatten, dense.
      expect([...tokens.stem, ...tokens.blocks.flat()]).toEqual(whole.slice(0, -3))
      const before = tokens.stem.length + tokens.blocks.slice(0, 4).flat().length
      expect(windowBeforeBlock(tokens, 4)).toEqual(windowBefore(whole, before))
    }
  })

  it('are seen through a window that starts with <start>', () => {
    const tokens = Array.from({ length: 12 }, (_, i) => i + FIRST_LAYER_TOKEN)
    expect(windowBefore(tokens, 12)).toEqual(tokens.slice(2))
    expect(windowBefore(tokens, 1)).toEqual([...new Array<number>(9).fill(START_TOKEN), tokens[0]])
    expect(windowBefore(tokens, 0)).toEqual(new Array<number>(10).fill(START_TOKEN))
  })
})
