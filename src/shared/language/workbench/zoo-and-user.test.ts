// Preset workbench beyond chains and cells: numbers, the 36 zoo networks by block, and random user-defined spaces.
import { describe, expect, it } from 'vitest'
import { canonicalHash } from '../../architecture/canonical'
import { chainGraph, classifierLayers } from '../../architecture/zoo/recipe'
import { ZOO_NAMES, zooNetwork } from '../../architecture/zoo'
import { createRandom } from '../../random'
import { parseSpaceFile } from '../../spaces/user/space-file'
import { createUserSpace } from '../../spaces/user/space'
import { randomBlockSpace, randomTableSpace } from '../../spaces/user/testing/random-spaces'
import { TokenReader, encodeRatio, fractionOf } from './numbers'
import { blockNetworkOf, decodeNetwork, encodeNetwork } from './network-codec'
import { bodyOf, sentence } from './sentence'
import { createUserCodec } from './user-codec'
import { END, describeWorkbenchToken, tokenId } from './vocabulary'

const describeTokens = (tokens: readonly number[]): string[] => tokens.map(describeWorkbenchToken)

describe('numbers', () => {
  it.each([
    [0, [0, 1]],
    [7, [7, 1]],
    [0.25, [1, 4]],
    [1 / 3, [1, 3]],
    [3 / 275, [3, 275]],
    // No simple fraction: only the quotient counts.
    [0.1 + 0.2, undefined],
  ])('%d is the fraction %j', (value, fraction) => {
    if (fraction !== undefined) expect(fractionOf(value)).toEqual(fraction)
    const [p, q] = fractionOf(value)
    expect(p / q).toBe(value)
  })

  it('survive the round trip exactly, 20,000 random ones', () => {
    const random = createRandom(1)
    for (let i = 0; i < 20_000; i++) {
      const value = random.chance(0.5) ? random.integer(1e6) : random.integer(1e4) / (1 + random.integer(1e4))
      const [p, q] = new TokenReader(encodeRatio(fractionOf(value))).ratio()
      expect(p / q).toBe(value)
    }
  })

  it.each([[-1], [NaN], [Infinity]])('%d is refused', (value) => expect(() => fractionOf(value)).toThrow(RangeError))
})

describe('zoo networks', () => {
  it.each(ZOO_NAMES)('%s survives the round trip and fits a context of 512 tokens', (name) => {
    const zoo = zooNetwork(name)
    const network = blockNetworkOf(zoo)
    const tokens = encodeNetwork(network)
    const back = decodeNetwork(tokens)
    expect(back).toEqual(network)
    expect(encodeNetwork(back)).toEqual(tokens)
    const graph = chainGraph(zoo.input, back.blocks, classifierLayers(zoo.classes, back.dropout))
    expect(canonicalHash(graph)).toBe(canonicalHash(zoo.graph))
    expect(bodyOf(sentence({ space: 'zoo', size: 3 }, tokens))).toEqual(tokens)
    expect(tokens.length + 4).toBeLessThanOrEqual(512)
  })

  it('are all different, and read as blocks with relative sizes', () => {
    const texts = ZOO_NAMES.map((name) => encodeNetwork(blockNetworkOf(zooNetwork(name))).join())
    expect(new Set(texts).size).toBe(36)
    const read = describeTokens(encodeNetwork(blockNetworkOf(zooNetwork('resnext50_32x4d'))))
    expect(read.slice(0, 14)).toEqual([
      ...['block efficientnet-conv-norm-activation', 'width', 'number 1', 'number 0', 'over', 'number 3', 'stride 2'],
      ...['parameter kernel', 'number 7', 'parameter activation', 'value relu'],
      ...['block common-max-pool', 'width x1 stride 2', 'block resnext-bottleneck'],
    ])
  })

  it.each([
    [['block resnet-basic'], /Token 1: expected "width", received the end/],
    [['block resnet-basic', 'width', 'over'], /Token 2: expected a number, received "over"/],
    [['block resnet-basic', 'width x1 stride 1', 'parameter kernel'], /Token 2: expected a parameter of resnet-basic/],
    [['operation conv1x1'], /Token 0: expected "block", received "operation conv1x1"/],
    [['head', 'head'], /Token 1: expected "dropout"/],
    [['head', 'dropout', 'number 1', 'over', 'number 0'], /Token 5: expected a number above 0/],
    [['user-block 0'], /Token 0: expected "block"/],
  ])('refuses %j', (texts, message) => expect(() => decodeNetwork(texts.map(tokenId))).toThrow(message))
})

describe('user-defined spaces', () => {
  it.each([
    ['words with a table', randomTableSpace],
    ['blocks', randomBlockSpace],
  ])('of %s survive the round trip, and the mask allows exactly what is inside', (_, make) => {
    for (let seed = 0; seed < 30; seed++) {
      const space = make(seed)
      const { encode, decode, grammar } = createUserCodec(space)
      const random = createRandom(seed)
      const drawn = [...(space.size().count <= 500 ? space.all() : [])]
      try {
        for (let i = 0; i < 20; i++) drawn.push(space.random(random))
      } catch (thrown) {
        expect(thrown).toMatchObject({ code: 'invalid-input' })
        continue
      }
      for (const genotype of drawn) {
        const tokens = encode(genotype)
        expect(decode(tokens)).toEqual(genotype)
        for (let i = 0; i <= tokens.length; i++)
          expect(grammar.allowedNext(tokens.slice(0, i))).toContain(tokens[i] ?? END)
      }
      for (let i = 0; i < 10; i++) {
        const body: number[] = []
        for (let token; token !== END;) {
          token = random.choice(grammar.allowedNext(body))
          if (token !== END) body.push(token)
        }
        expect(space.problems(decode(body))).toEqual([])
      }
    }
  })

  it('with hundreds of choices take several tokens a position', () => {
    const choices = Array.from({ length: 200 }, (_, i) => `w${i}`)
    const file = parseSpaceFile({
      format: 'gptnas-space/1',
      name: 'wide',
      positions: [
        { name: 'a', choices },
        { name: 'b', choices: ['resnet-basic', 'x'] },
      ],
      table: { file: 't.csv', key: 'k', fitness: 'f' },
    })
    const rows = new Map(
      choices.flatMap((_, i) => [0, 1].map((j) => [`${i}-${j}`, { fitness: 1, report: undefined, costs: [] }])),
    )
    const space = createUserSpace({ file, table: { costNames: [], rows } })
    const { encode, decode, grammar } = createUserCodec(space)
    expect(describeTokens(encode({ space: 'wide', choices: '130-0' }))).toEqual([
      ...['choice 2', 'choice 2', 'block resnet-basic'],
    ])
    for (const genotype of space.all()) expect(decode(encode(genotype))).toEqual(genotype)
    expect(grammar.allowedNext([]).length).toBe(4)
    // 200 = 3 * 64 + 8.
    expect(grammar.allowedNext([tokenId('choice 3')]).length).toBe(8)
    expect(() => decode([tokenId('choice 4')])).toThrow(
      /"choice 4" does not belong at token 0: expected a choice of position a/,
    )
    expect(() => decode([tokenId('choice 0')])).toThrow(/end before position a/)
  })
})
