// The zoo against counts made on torchvision's own models, and at other sizes than ImageNet's.
import { describe, expect, it } from 'vitest'
import counts from '../../../../tests/fixtures/zoo-torchvision.json'
import { BUILT_IN_BLOCKS } from '../blocks'
import { costOf } from '../cost'
import { chainDocument } from '../document'
import { expandDocument } from '../expand'
import { inferShapes, outputShape } from '../infer'
import { ZOO_FAMILIES, ZOO_NAMES, zooNetwork } from './index'

const published = new Map(Object.entries(counts.networks))

describe('at 224 x 224 and 1,000 classes', () => {
  it.each([...published])("%s has exactly torchvision's counts", (name, expected) => {
    const { parameters, statistics, macs } = costOf(zooNetwork(name).graph)
    expect({ parameters, statistics, macs }).toEqual(expected)
  })

  it('are the 36 networks of the corpus, in the seven families of the paper', () => {
    expect(new Set(ZOO_NAMES)).toEqual(new Set(published.keys()))
    expect(ZOO_NAMES).toHaveLength(36)
    const perFamily = (family: string): number => ZOO_NAMES.filter((name) => zooNetwork(name).family === family).length
    expect(ZOO_FAMILIES.map(perFamily)).toEqual([8, 1, 14, 5, 2, 4, 2])
  })
})

describe('at other sizes', () => {
  it.each(ZOO_NAMES)('%s gives one output per class, even for 32 x 32', (name) => {
    const { graph, stages, head } = zooNetwork(name, { input: [32, 32, 3], classes: 10 })
    expect(inferShapes(graph).problems).toEqual([])
    expect(outputShape(graph)).toEqual([10])
    expect(stages.every(({ block }) => BUILT_IN_BLOCKS.has(block))).toBe(true)
    expect(head.at(-1)).toEqual({ kind: 'dense', parameters: { features: 10 } })
  })

  it.each(['resnet18', 'googlenet', 'efficientnet_b0'])('%s as a document expands to the same graph', (name) => {
    const { input, classes, stages, head, graph } = zooNetwork(name, { input: [64, 64, 3], classes: 7 })
    const document = chainDocument({ name, inputShape: input, classes, stem: [], blocks: stages, head })
    expect(expandDocument(document, BUILT_IN_BLOCKS).graph).toEqual(graph)
  })

  it('changes only the classifier with the number of classes', () => {
    const parameters = (classes: number): number => costOf(zooNetwork('resnet18', { classes }).graph).parameters
    expect(parameters(1000) - parameters(10)).toBe(990 * 513)
  })

  it('refuses an input that is too small, naming the block', () => {
    expect(() => zooNetwork('googlenet', { input: [8, 8, 3] })).toThrow(/Block common-max-pool does not fit/)
  })

  it('names what was probably meant', () => {
    expect(() => zooNetwork('resnet-50')).toThrow(
      expect.objectContaining({ code: 'not-found', fix: expect.stringContaining('resnet50') }),
    )
  })
})
