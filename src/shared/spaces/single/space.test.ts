import { describe, expect, it } from 'vitest'
import { BUILT_IN_BLOCKS } from '../../architecture/blocks'
import { newBlockDocument } from '../../architecture/document'
import { zooDocument } from '../../architecture/document/zoo-document'
import { createRandom } from '../../random'
import { createSingleSpace } from './space'

const document = zooDocument('resnet18', { input: [32, 32, 3], classes: 10 })
const options = { document, library: BUILT_IN_BLOCKS, inputShape: [32, 32, 3], classes: 10 }

describe('the space of one architecture', () => {
  it('holds that one and nothing else', () => {
    const space = createSingleSpace(options)
    const genotype = space.random(createRandom(1))
    expect(space.size()).toEqual({ count: 1, exact: true })
    expect(space.toDocument(genotype, 'Trial 1')).toBe(document)
    expect(space.parse(JSON.parse(JSON.stringify(genotype)))).toEqual(genotype)
    expect(space.problems(genotype)).toEqual([])
    expect(space.mutate(genotype, createRandom(2))).toEqual(genotype)
    const resnet34 = zooDocument('resnet34', { input: [32, 32, 3], classes: 10 })
    const other = createSingleSpace({ ...options, document: resnet34 })
    expect(other.canonicalKey(genotype)).not.toBe(space.canonicalKey(genotype))
    expect(() => other.parse(genotype)).toThrow(/only "resnet34"/)
  })

  it.each([
    ['another size of images', { inputShape: [28, 28, 1] }, /32 x 32 x 3 .* 28 x 28 x 1/],
    ['other classes', { classes: 100 }, /gives 10 values.* 100 classes/],
    ['a block', { document: newBlockDocument('my-block') }, /is a block/],
  ])('refuses %s with both figures', (_, change, message) => {
    expect(() => createSingleSpace({ ...options, ...change })).toThrow(message)
  })
})
