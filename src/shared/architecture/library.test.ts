// One rule of precedence: what a stored network trains is what it shows, also after a built-in block took its block's name.
import { describe, expect, it } from 'vitest'
import { canonicalHash } from './canonical'
import { chainDocument, cifarStem, classifierHead, newBlockDocument } from './document'
import { expandDocument } from './expand'
import { blockLibrary, storedLibrary } from './library'
import { BUILT_IN_BLOCKS } from './blocks'

const chain = (block: string) =>
  chainDocument({
    name: 'net',
    inputShape: [8, 8, 3],
    classes: 2,
    stem: cifarStem(8),
    blocks: [{ block, parameters: { width: 8 } }],
    head: classifierHead(),
  })

describe('the block library', () => {
  it("lets the user's block win over a built-in one of its name", () => {
    const before = blockLibrary([newBlockDocument('my-block')])
    // As if the product had brought a block "resnet-basic" after the user had designed one.
    const taken = newBlockDocument('resnet-basic')
    const after = blockLibrary([taken])
    expect(after.get('resnet-basic')).toMatchObject({ origin: 'user', document: taken })
    const graphOf = (block: string, library: typeof after) => expandDocument(chain(block), library).graph
    expect(canonicalHash(graphOf('resnet-basic', after))).toBe(canonicalHash(graphOf('my-block', before)))
    expect(canonicalHash(graphOf('resnet-basic', after))).not.toBe(
      canonicalHash(graphOf('resnet-basic', BUILT_IN_BLOCKS)),
    )
  })

  it('lets the later of two documents count, keeps the built-in ones, and reads stored documents the same', () => {
    const [first, second] = [newBlockDocument('mine'), newBlockDocument('mine')]
    const library = blockLibrary([first, second])
    expect(library.get('mine')).toMatchObject({ document: second })
    expect([...library.keys()]).toEqual([...BUILT_IN_BLOCKS.keys(), 'mine'])
    expect([...storedLibrary([JSON.parse(JSON.stringify(first))]).keys()]).toEqual([...library.keys()])
    expect(() => blockLibrary([chain('mine')])).toThrow(/is a network, expected a block/)
    expect(() => storedLibrary([{ format: 'else' }])).toThrow()
  })
})
