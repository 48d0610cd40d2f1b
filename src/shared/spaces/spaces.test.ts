// The registry: every kind of space against the suite of all spaces, and definitions as files and older versions write them.
import { describe, expect, it } from 'vitest'
import { BUILT_IN_BLOCKS } from '../architecture/blocks'
import { zooDocument } from '../architecture/document/zoo-document'
import { createRandom } from '../random'
import { openSpace } from '.'
import { chainSpaceSchema } from './block-chain/schema'
import { spaceSchema, type SpaceKindName } from './schema'
import type { DataFacts } from './space'
import { describeSpace } from './testing/conformance'
import { createKeyCodec } from './user/key'
import { parseSpaceFile } from './user/space-file'
import { randomTable } from './user/testing/random-spaces'

const FACTS: DataFacts = { shape: [32, 32, 3], classes: 10 }
const BLOCKS = ['resnet-basic', 'common-conv', 'shufflenet-inverted-residual', 'googlenet-inception']

const trained = {
  format: 'gptnas-space/1',
  name: 'trained',
  positions: ['a', 'b', 'c', 'd'].map((name) => ({ name, choices: BLOCKS })),
}
const measured = parseSpaceFile({
  format: 'gptnas-space/1',
  name: 'measured',
  positions: ['a', 'b', 'c', 'd'].map((name) => ({ name, choices: ['w0', 'w1', 'w2', 'w3'] })),
  table: { file: 'table.csv', key: 'arch', fitness: 'val', report: 'test', costs: ['params'] },
})
const table = randomTable(measured, 1, createRandom(1))

/** Definitions as a run's file may give them, for every kind there is. */
const DEFINITIONS: Readonly<Record<SpaceKindName, readonly object[]>> = {
  'block-chain': [{}, { kind: 'block-chain', minBlocks: 2, maxBlocks: 4 }],
  'nas-bench-101': [{ kind: 'nas-bench-101' }, { kind: 'nas-bench-101', channels: 8, stacks: 2, cellsPerStack: 1 }],
  'nas-bench-201': [{ kind: 'nas-bench-201' }, { kind: 'nas-bench-201', channels: 4, stacks: 2, cellsPerStack: 1 }],
  user: [
    { kind: 'user', file: trained },
    { kind: 'user', file: measured, table },
  ],
  single: [{ kind: 'single', architecture: zooDocument('resnet18', { input: [32, 32, 3], classes: 10 }) }],
}

for (const [kind, definitions] of Object.entries(DEFINITIONS))
  definitions.forEach((definition, i) => {
    const space = openSpace(spaceSchema.parse(definition), FACTS, BUILT_IN_BLOCKS)
    describeSpace(`${kind} from the registry, ${i + 1}`, space, BUILT_IN_BLOCKS)
  })

describe('a definition', () => {
  it('without a kind is of block chains, as older versions wrote it', () => {
    const older = { blocks: ['common-conv'], minBlocks: 3, maxBlocks: 5 }
    expect(spaceSchema.parse(older)).toEqual(chainSpaceSchema.parse({ ...older, kind: 'block-chain' }))
    expect(spaceSchema.safeParse({ minBlocks: 0 }).error?.issues[0]?.path).toEqual(['minBlocks'])
  })

  it('survives being stored, whatever its kind', () => {
    for (const definition of Object.values(DEFINITIONS).flat()) {
      const parsed = spaceSchema.parse(definition)
      expect(spaceSchema.parse(JSON.parse(JSON.stringify(parsed)))).toEqual(parsed)
    }
  })

  it.each([
    [{ kind: 'nas-bench-301' }, /kind.*one of block-chain, nas-bench-101, nas-bench-201, user, single/],
    [{ kind: 'nas-bench-201', channels: 0 }, /channels/],
    [{ kind: 'user', file: 'my-space.json' }, /file/],
    [{ kind: 'user', file: { ...trained, positions: [] } }, /positions/],
    [{ kind: 'user', file: { ...trained, blocks: { elsewhere: { block: 'resnet-basic' } } } }, /no position has this/],
  ])('is refused with its place: %j', (definition, message) => {
    const { error } = spaceSchema.safeParse(definition)
    expect(error?.issues.map(({ path, message: text }) => `${path.join('.')}: ${text}`).join('; ')).toMatch(message)
  })

  it('of cells is opened for the images and classes of the data', () => {
    for (const kind of ['nas-bench-101', 'nas-bench-201'] as const) {
      const space = openSpace(spaceSchema.parse({ kind, channels: 16 }), { shape: [28, 28, 1], classes: 7 }, new Map())
      const { records } = space.toDocument(space.random(createRandom(1)), 'cell')
      expect(records['meta']).toMatchObject({ input: [28, 28, 1], classes: 7 })
    }
  })

  it('of a measured space needs its table, and reads keys as the file defines them', () => {
    expect(() => openSpace(spaceSchema.parse({ kind: 'user', file: measured }), FACTS, BUILT_IN_BLOCKS)).toThrow(
      /needs its table table\.csv/,
    )
    const space = openSpace(spaceSchema.parse({ kind: 'user', file: measured, table }), FACTS, BUILT_IN_BLOCKS)
    const key = createKeyCodec(measured.positions).write([0, 1, 2, 3])
    expect(space.table?.row({ space: 'measured', choices: key })?.fitness).toBeGreaterThanOrEqual(0)
    expect(space.undocumented).toContain('w0')
  })
})
