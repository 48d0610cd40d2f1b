import { expect, it } from 'vitest'
import { BUILT_IN_BLOCKS } from './blocks'
import { canonicalHash } from './canonical'
import { costOf } from './cost'
import { zooDocument } from './document/zoo-document'
import { prepareArchitecture, prepareStored } from './prepared'
import { zooNetwork } from './zoo'

const document = zooDocument('resnet18', { input: [32, 32, 3], classes: 10 })

it('is what its parts are by themselves, each worked out once', () => {
  const prepared = prepareArchitecture(document, BUILT_IN_BLOCKS)
  const { graph } = zooNetwork('resnet18', { input: [32, 32, 3], classes: 10 })
  expect(prepared.document).toBe(document)
  expect(prepared.cost).toEqual(costOf(prepared.graph))
  expect(prepared.cost.parameters).toBe(costOf(graph).parameters)
  expect(prepared.key).toBe(canonicalHash(graph))
  expect(prepared.cost).toBe(prepared.cost)
  expect(prepared.shapes.get(prepared.graph.output)).toEqual([10])
  expect([...prepared.nodeOf.keys()]).toEqual(prepared.graph.nodes.map(({ id }) => id))
})

it('comes back from where it was stored', () => {
  const stored: unknown = JSON.parse(JSON.stringify(document))
  expect(prepareStored(stored, BUILT_IN_BLOCKS).key).toBe(prepareArchitecture(document, BUILT_IN_BLOCKS).key)
})

it('is refused with the first reason where it is not sound, or is no document', () => {
  expect(() => prepareArchitecture(document, new Map())).toThrow(/there is no block/)
  expect(() => prepareStored({ format: 'other' }, BUILT_IN_BLOCKS)).toThrow(
    expect.objectContaining({ code: 'invalid-architecture' }),
  )
})
