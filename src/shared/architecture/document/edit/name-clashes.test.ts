// Blocks of one name and another content: whatever edit brings them together, each keeps its meaning, and the document too.
import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { createRandom, type Random } from '../../../random'
import type { BlockLibrary } from '../../block'
import { inspectDocument, isSound } from '../../checks'
import { blockLibrary } from '../../library'
import {
  addNode,
  addedNodeIds,
  applyDiff,
  copySelection,
  graphOf,
  groupIntoBlock,
  innerNodeIds,
  isSameDesign,
  newBlockDocument,
  newNetworkDocument,
  paste,
  selfContained,
  setParameter,
  standaloneBlock,
  ungroup,
  type ArchitectureDocument,
  type DocumentDiff,
} from '../index'
import { randomEdit } from '../testing/random-edits'
import { updateDefinition } from './embed'

const after = (document: ArchitectureDocument, ...edits: ((d: ArchitectureDocument) => DocumentDiff)[]) =>
  edits.reduce((current, edit) => applyDiff(current, edit(current)), document)

/** A block `name` whose layers `ids` are its block `part`. */
const holding = (name: string, part: string, ids: readonly string[]): ArchitectureDocument =>
  after(newBlockDocument(name), (d) => groupIntoBlock(d, ids, part))
const begins = holding('begins', 'part', ['conv2d-1', 'batch-norm-1'])
const ends = holding('ends', 'part', ['batch-norm-1', 'relu-1'])
const kernel = (document: ArchitectureDocument, size: number): ArchitectureDocument =>
  after(document, (d) => setParameter(d, 'conv2d-1', 'kernel', [size, size]))

const layersOf = (document: ArchitectureDocument, node: string): string[] => {
  const { graph, problems } = inspectDocument(document, blockLibrary([]))
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([])
  return graph!.nodes
    .filter(({ id }) => id.startsWith(`${node}/`))
    .map(({ kind, parameters }) => `${kind} ${JSON.stringify(parameters.kernel)}`)
}
const base = newNetworkDocument('n')

describe('a block of a name that the document has for another', () => {
  const [small, large] = [kernel(newBlockDocument('mine'), 3), kernel(newBlockDocument('mine'), 5)]
  const withSmall = after(base, (d) => addNode(d, { block: 'mine' }, { after: 'stem-3' }, blockLibrary([small])))

  it('gets a new name when it is added, and nothing else changes its meaning', () => {
    const both = after(withSmall, (d) => addNode(d, { block: 'mine' }, { after: 'mine-1' }, blockLibrary([large])))
    expect(both.records['mine-2']).toMatchObject({ type: 'block', block: 'mine-2' })
    expect(layersOf(both, 'mine-1')[0]).toBe('conv2d [3,3]')
    expect(layersOf(both, 'mine-2')[0]).toBe('conv2d [5,5]')
    const again = after(both, (d) => addNode(d, { block: 'mine' }, { after: 'mine-2' }, blockLibrary([large])))
    expect(again.records['mine-3']).toMatchObject({ block: 'mine-2' })
  })

  it('keeps the name where it means the same', () => {
    const twice = after(withSmall, (d) => addNode(d, { block: 'mine' }, { after: 'mine-1' }, blockLibrary([small])))
    expect([...graphOf(twice).definitions.keys()]).toEqual(['mine'])
  })

  it('gets a new name when it is pasted', () => {
    const other = after(base, (d) => addNode(d, { block: 'mine' }, { after: 'stem-3' }, blockLibrary([large])))
    const clipboard = copySelection(other, ['mine-1'])
    const diff = paste(withSmall, clipboard)
    const [id] = addedNodeIds(diff)
    expect(diff.added[id!]).toMatchObject({ block: 'mine-2' })
  })

  it('copied without being held travels with the selection', () => {
    const loose = after(base, (d) => addNode(d, { block: 'mine' }, { after: 'stem-3' }))
    expect(copySelection(loose, ['mine-1']).definitions).toEqual([])
    const diff = paste(withSmall, copySelection(loose, ['mine-1'], blockLibrary([large])))
    expect(diff.added[addedNodeIds(diff)[0]!]).toMatchObject({ block: 'mine-2' })
  })
})

describe('parts of one name inside two blocks', () => {
  const library = blockLibrary([begins, ends])
  const both = after(
    base,
    (d) => addNode(d, { block: 'begins' }, { after: 'stem-3' }, library),
    (d) => addNode(d, { block: 'ends' }, { after: 'begins-1' }, library),
  )
  const plain = ['conv2d [3,3]', 'batch-norm undefined', 'relu undefined']

  it('stay apart', () => {
    expect([...graphOf(both).definitions.keys()].sort()).toEqual(['begins', 'ends', 'part', 'part-2'])
    expect(layersOf(both, 'begins-1')).toEqual(plain)
    expect(layersOf(both, 'ends-1')).toEqual(plain)
    // A part that had to be called otherwise is no newer version.
    expect(inspectDocument(both, library).problems.map(({ code }) => code)).not.toContain('outdated-definition')
  })

  it('stay apart when one of the blocks is updated from the library', () => {
    const newer = holding('ends', 'part', ['relu-1'])
    const updated = after(both, (d) => updateDefinition(d, newer))
    expect(layersOf(updated, 'begins-1')).toEqual(plain)
    expect(layersOf(updated, 'ends-1')).toEqual(plain)
    expect(inspectDocument(updated, blockLibrary([begins, newer])).problems.map(({ code }) => code)).toEqual([
      'receptive-field',
    ])
  })

  it('stay apart when a block of the library that the document does not hold is taken apart', () => {
    const held = after(base, (d) => addNode(d, { block: 'begins' }, { after: 'stem-3' }, library))
    const loose = after(held, (d) => addNode(d, { block: 'ends' }, { after: 'begins-1' }))
    const open = after(loose, (d) => ungroup(d, 'ends-1', library))
    expect(layersOf(open, 'begins-1')).toEqual(plain)
    expect(
      inspectDocument(open, blockLibrary([]))
        .graph!.nodes.map(({ kind }) => kind)
        .slice(-6, -3),
    ).toEqual(['conv2d', 'batch-norm', 'relu'])
  })
})

it('a document that names blocks of the library means the same without it, once it holds them', () => {
  const library = blockLibrary([begins, ends])
  const loose = after(
    base,
    (d) => addNode(d, { block: 'begins' }, { after: 'stem-3' }),
    (d) => addNode(d, { block: 'ends' }, { after: 'begins-1' }),
  )
  expect(inspectDocument(loose, blockLibrary([])).problems.map(({ code }) => code)).toContain('unknown-block')
  const whole = selfContained(loose, library)
  expect(isSound(inspectDocument(whole, blockLibrary([])).problems)).toBe(true)
  expect(selfContained(whole, library)).toEqual(whole)
})

/** Blocks that an editor could have open at once, made by any edits; names meet on purpose. */
function library(random: Random): BlockLibrary {
  const saved = new Map<string, ArchitectureDocument>()
  for (let turn = 0; turn < 4; turn++) {
    const name = random.choice(['a', 'b', 'c'])
    const known = blockLibrary([...saved.values()].filter((other) => graphOf(other).meta.name !== name))
    let document = newBlockDocument(name)
    for (let i = 0; i < 6; i++) document = applyDiff(document, randomEdit(document, random, known))
    const ids = random.shuffle(innerNodeIds(document)).slice(0, 1 + random.integer(2))
    for (const part of ['part', 'other']) {
      try {
        document = after(document, (d) => groupIntoBlock(d, ids, part))
      } catch {
        continue
      }
      break
    }
    saved.set(name, selfContained(document, known))
  }
  return blockLibrary([...saved.values()])
}

it('any block of a library that is added to any document keeps its meaning, and changes no other', () => {
  let clashes = 0
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = createRandom(seed)
      let document = newNetworkDocument('n')
      const meanings = new Map<string, ArchitectureDocument>()
      for (let step = 0; step < 6; step++) {
        const blocks = library(random)
        const name = random.choice(['a', 'b', 'c'])
        if (!blocks.has(name)) continue
        const diff = addNode(document, { block: name }, { after: 'stem-3' }, blocks)
        document = applyDiff(document, diff)
        const [id] = addedNodeIds(diff)
        const record = document.records[id!]
        if (record?.type !== 'block') throw new Error('no block was added')
        if (record.block !== name) clashes++
        meanings.set(record.block, standaloneBlock(newNetworkDocument('x'), name, blocks))
      }
      for (const [name, meant] of meanings)
        expect(isSameDesign(standaloneBlock(document, name, new Map()), meant, new Map())).toBe(true)
    }),
    { numRuns: 60 },
  )
  expect(clashes).toBeGreaterThan(20)
})
