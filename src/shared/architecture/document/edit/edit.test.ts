// Edit operations one by one: what each does to connections, definitions and parameters, and what it refuses.
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../../random'
import { BUILT_IN_BLOCKS } from '../../blocks'
import { blockFromDocument } from '../../block-from-document'
import { canonicalHash } from '../../canonical'
import { expandDocument } from '../../expand'
import type { ArchitectureDocument, DocumentDiff } from '../index'
import {
  addNode,
  addedNodeIds,
  applyDiff,
  connect,
  connectionProblem,
  copySelection,
  disconnect,
  duplicate,
  graphOf,
  groupIntoBlock,
  isEmptyDiff,
  moveNodes,
  newBlockDocument,
  newNetworkDocument,
  parseClipboard,
  paste,
  removeAndHeal,
  removeNodes,
  renameDocument,
  renameNode,
  setBlockParameters,
  setClasses,
  setParameter,
  ungroup,
} from '../index'
import { randomDocument } from '../testing/random-edits'
import { zooDocument } from '../zoo-document'

const base = newNetworkDocument('n')
const mine = blockFromDocument(newBlockDocument('mine'))
const library = new Map([...BUILT_IN_BLOCKS, ['mine', mine] as const])
const after = (document: ArchitectureDocument, ...edits: ((d: ArchitectureDocument) => DocumentDiff)[]) =>
  edits.reduce((current, edit) => applyDiff(current, edit(current)), document)
/** `from>to` of every connection, sorted; a slot other than 0 behind a colon. */
const wires = (document: ArchitectureDocument): string[] =>
  graphOf(document)
    .edges.map(({ from, to, slot }) => `${from}>${to}${slot === 0 ? '' : `:${slot}`}`)
    .sort()
const hash = (document: ArchitectureDocument): string => canonicalHash(expandDocument(document, library).graph)
const changes = (before: ArchitectureDocument, edited: ArchitectureDocument): { gone: string[]; made: string[] } => ({
  gone: wires(before).filter((wire) => !wires(edited).includes(wire)),
  made: wires(edited).filter((wire) => !wires(before).includes(wire)),
})

describe('adding', () => {
  it('behind a node takes over everything it led to', () => {
    const forked = after(
      base,
      (d) => addNode(d, { kind: 'add' }, { after: 'stem-3' }),
      (d) => connect(d, 'stem-1', 'add-1'),
    )
    const edited = after(forked, (d) => addNode(d, { kind: 'dropout' }, { after: 'stem-1' }))
    expect(changes(forked, edited)).toEqual({
      gone: ['stem-1>add-1:1', 'stem-1>stem-2'],
      made: ['dropout-1>add-1:1', 'dropout-1>stem-2', 'stem-1>dropout-1'],
    })
  })

  it('into a connection keeps the slot it led to', () => {
    const forked = after(
      base,
      (d) => addNode(d, { kind: 'add' }, { after: 'stem-3' }),
      (d) => connect(d, 'stem-1', 'add-1'),
    )
    const edited = after(forked, (d) => addNode(d, { kind: 'relu' }, { between: ['stem-1', 'add-1'] }))
    expect(changes(forked, edited)).toEqual({ gone: ['stem-1>add-1:1'], made: ['relu-1>add-1:1', 'stem-1>relu-1'] })
    expect(() => addNode(base, { kind: 'relu' }, { between: ['stem-1', 'head-1'] })).toThrow(/no connection/)
    expect(() => addNode(base, { kind: 'relu' }, { after: 'output' })).toThrow(/Nothing can follow the output/)
  })

  it('a block of the user brings its definition, unless that would put it into itself', () => {
    const diff = addNode(base, { block: 'mine' }, { after: 'stem-3' }, library)
    expect(addedNodeIds(diff)).toEqual(['mine-1'])
    expect(graphOf(applyDiff(base, diff)).definitions.get('mine')?.document).toEqual(mine.document)
    expect(() => addNode(newBlockDocument('mine'), { block: 'mine' }, undefined, library)).toThrow(/contain itself/)
    const outer = blockFromDocument(
      after(newBlockDocument('outer'), (d) => addNode(d, { block: 'mine' }, undefined, library)),
    )
    const both = new Map([...library, ['outer', outer] as const])
    expect(() => addNode(newBlockDocument('mine'), { block: 'outer' }, undefined, both)).toThrow(/contain itself/)
    const nested = after(base, (d) => addNode(d, { block: 'outer' }, undefined, both))
    expect([...graphOf(nested).definitions.keys()].sort()).toEqual(['mine', 'outer'])
    for (const { document } of graphOf(nested).definitions.values()) expect(graphOf(document).definitions.size).toBe(0)
  })
})

describe('connecting', () => {
  const merged = after(base, (d) => addNode(d, { kind: 'add' }, { after: 'stem-3' }))

  it('fills the next free input of a merge, and replaces the one of any other node', () => {
    expect(
      changes(
        merged,
        after(merged, (d) => connect(d, 'stem-1', 'add-1')),
      ).made,
    ).toEqual(['stem-1>add-1:1'])
    const rewired = after(merged, (d) => connect(d, 'stem-1', 'stem-3'))
    expect(changes(merged, rewired)).toEqual({ gone: ['stem-2>stem-3'], made: ['stem-1>stem-3'] })
    const replaced = after(merged, (d) => connect(d, 'stem-1', 'add-1', 0))
    expect(changes(merged, replaced)).toEqual({ gone: ['stem-3>add-1'], made: ['stem-1>add-1'] })
    expect(isEmptyDiff(connect(base, 'stem-1', 'stem-2'))).toBe(true)
  })

  it('refuses circles and the wrong ends', () => {
    expect(connectionProblem(base, 'head-1', 'stem-1')).toMatch(/circle/)
    expect(connectionProblem(base, 'stem-1', 'stem-1')).toMatch(/itself/)
    expect(connectionProblem(base, 'output', 'stem-1')).toMatch(/follow the output/)
    expect(connectionProblem(base, 'stem-1', 'input')).toMatch(/lead to the input/)
    expect(connectionProblem(base, 'stem-1', 'head-1')).toBeUndefined()
    expect(() => connect(base, 'stem-1', 'nowhere')).toThrow(/no node "nowhere"/)
    expect(() => disconnect(base, 'stem-1')).toThrow(/no connection "stem-1"/)
  })
})

describe('deleting', () => {
  it('cuts, or heals across everything selected', () => {
    const ids = ['stem-2', 'stem-3']
    expect(
      changes(
        base,
        after(base, (d) => removeNodes(d, ids)),
      ).made,
    ).toEqual([])
    expect(
      changes(
        base,
        after(base, (d) => removeAndHeal(d, ids)),
      ).made,
    ).toEqual(['stem-1>head-1'])
    expect(() => removeNodes(base, ['output'])).toThrow(/cannot be deleted/)
  })

  it('takes definitions along that nothing needs any more', () => {
    const used = after(base, (d) => addNode(d, { block: 'mine' }, { after: 'stem-3' }, library))
    const twice = after(used, (d) => duplicate(d, ['mine-1']))
    expect(graphOf(after(twice, (d) => removeNodes(d, ['mine-2']))).definitions.has('mine')).toBe(true)
    expect(after(twice, (d) => removeAndHeal(d, ['mine-1', 'mine-2']))).toEqual(base)
  })
})

describe('setting', () => {
  it('changes one thing and nothing else', () => {
    expect(after(base, (d) => setParameter(d, 'stem-1', 'channels', 8)).records['stem-1']).toMatchObject({
      parameters: { channels: 8, kernel: [3, 3] },
    })
    expect(isEmptyDiff(setParameter(base, 'stem-1', 'channels', 16))).toBe(true)
    expect(() => setParameter(base, 'input', 'channels', 8)).toThrow(/expected a layer or a block/)
    const named = after(base, (d) => renameNode(d, 'stem-1', '  entry '))
    expect(named.records['stem-1']).toMatchObject({ label: 'entry' })
    expect(after(named, (d) => renameNode(d, 'stem-1', ' '))).toEqual(base)
    expect(after(base, (d) => moveNodes(d, { input: { x: 1, y: 2 } })).records.input).toMatchObject({
      position: { x: 1 },
    })
    expect(
      expandDocument(
        after(base, (d) => setClasses(d, 3)),
        library,
      ).nodeShapes.get('output'),
    ).toEqual([3])
  })

  it('refuses names a block cannot have and offers one it can', () => {
    expect(() => renameDocument(newBlockDocument('b'), 'My Block!')).toThrow(/lower-case/)
    expect(() => renameDocument(base, '  ')).toThrow(/at least one character/)
    expect(() => setBlockParameters(base, {})).toThrow(/declares no parameters/)
    expect(() => setClasses(newBlockDocument('b'), 3)).toThrow(/has no classes/)
  })
})

describe('grouping and taking apart', () => {
  const resnet = zooDocument('resnet18', { input: [32, 32, 3], classes: 10 })
  const opened = after(resnet, (d) => ungroup(d, 'block-5', library))
  const inner = Object.keys(opened.records).filter((id) => !resnet.records[id] && !id.startsWith('edge'))

  it('a block of the paper becomes its layers, the architecture stays', () => {
    expect(inner.length).toBeGreaterThan(5)
    expect(hash(opened)).toBe(hash(resnet))
  })

  it('layers become a block whose widths follow one parameter, the architecture stays', () => {
    const grouped = after(opened, (d) => groupIntoBlock(d, inner, 'my-residual', library))
    expect(hash(grouped)).toBe(hash(resnet))
    const definition = graphOf(grouped).definitions.get('my-residual')!.document
    const block = blockFromDocument(definition)
    const { width } = block.parameters
    expect(width).toMatchObject({ type: 'integer', default: expect.any(Number) as number })
    const wide = block.expand({ width: 96 }, graphOf(definition).meta.input)
    expect(
      wide.nodes.filter(({ kind }) => kind === 'conv2d').every(({ parameters }) => parameters.channels === 96),
    ).toBe(true)
    const again = after(grouped, (d) => ungroup(d, 'my-residual-1', library))
    expect(hash(again)).toBe(hash(resnet))
    expect(graphOf(again).definitions.size).toBe(0)
  })

  it('refuses a selection with two ways in or out, and names in use', () => {
    expect(() => groupIntoBlock(base, ['stem-1', 'stem-3'], 'two', library)).toThrow(/one input and one output/)
    expect(() => groupIntoBlock(base, ['stem-1'], 'mine', library)).toThrow(/already/)
    expect(() => groupIntoBlock(base, ['stem-1'], 'My Block', library)).toThrow(/lower-case/)
  })

  it('passes on what the selection followed, through two levels and back', () => {
    const head = after(base, (d) => groupIntoBlock(d, ['head-2', 'head-3'], 'inner-head', library))
    const twice = after(head, (d) => groupIntoBlock(d, ['head-1', 'inner-head-1'], 'outer-head', library))
    const seven = after(twice, (d) => setClasses(d, 7))
    expect(expandDocument(seven, library).nodeShapes.get('output')).toEqual([7])
    const apart = after(
      seven,
      (d) => ungroup(d, 'outer-head-1', library),
      (d) => ungroup(d, 'inner-head-1', library),
    )
    const dense = [...graphOf(apart).nodes.values()].find((node) => node.type === 'layer' && node.kind === 'dense')
    expect(dense).toMatchObject({ parameters: { features: { bind: 'classes' } } })
    expect(hash(apart)).toBe(hash(after(base, (d) => setClasses(d, 7))))
  })

  it('multiplies factors when a block inside a block is taken apart', () => {
    const narrow = after(newBlockDocument('narrow'), (d) =>
      setParameter(d, 'conv2d-1', 'channels', { bind: 'width', times: [1, 4] }),
    )
    const blocks = new Map([['narrow', blockFromDocument(narrow)]])
    const outer = after(newBlockDocument('outer'), (d) =>
      addNode(
        d,
        { block: 'narrow', parameters: { width: { bind: 'width', times: [2, 1] } } },
        { after: 'relu-1' },
        blocks,
      ),
    )
    const apart = after(outer, (d) => ungroup(d, 'narrow-1', blocks))
    expect(apart.records['conv2d-2']).toMatchObject({ parameters: { channels: { bind: 'width', times: [1, 2] } } })
  })

  it('never changes what a sound network computes, over random selections', () => {
    const random = createRandom(31)
    let groups = 0
    for (let i = 0; i < 60; i++) {
      const { order } = graphOf(opened)
      const start = 1 + random.integer(order.length - 2)
      const ids = order.slice(start, start + 1 + random.integer(8)).filter((id) => id !== 'output')
      let grouped: ArchitectureDocument
      try {
        grouped = after(opened, (d) => groupIntoBlock(d, ids, `g-${i}`, library))
      } catch (error) {
        expect(error).toMatchObject({ code: 'invalid-architecture' })
        continue
      }
      groups++
      expect(hash(grouped)).toBe(hash(opened))
      expect(hash(after(grouped, (d) => ungroup(d, `g-${i}-1`, library)))).toBe(hash(opened))
    }
    expect(groups).toBeGreaterThan(15)
  })
})

describe('clipboard', () => {
  it('carries nodes, their connections and definitions into another document through text', () => {
    const source = after(base, (d) =>
      addNode(d, { block: 'mine', position: { x: 10, y: 20 } }, { after: 'stem-3' }, library),
    )
    const text = JSON.stringify(copySelection(source, ['stem-3', 'mine-1', 'input']))
    const diff = paste(newBlockDocument('target'), parseClipboard(text)!, { x: 5, y: 5 })
    expect(addedNodeIds(diff)).toEqual(['relu-2', 'mine-1'])
    const target = applyDiff(newBlockDocument('target'), diff)
    expect(wires(target)).toContain('relu-2>mine-1')
    expect(target.records['mine-1']).toMatchObject({ position: { x: 15, y: 25 } })
    expect(graphOf(target).definitions.has('mine')).toBe(true)
    expect(() => paste(newBlockDocument('mine'), parseClipboard(text)!)).toThrow(/contain itself/)
  })

  it('takes no other text for a selection, and no damaged selection', () => {
    const selection = copySelection(base, ['stem-1', 'stem-2'])
    expect(parseClipboard('hello')).toBeUndefined()
    expect(parseClipboard('gptnas-clipboard/1 is a format')).toBeUndefined()
    const broken = JSON.stringify({ ...selection, edges: [{ ...selection.edges[0], to: 'gone' }] })
    expect(() => parseClipboard(broken)).toThrow(/no node "gone"/)
    const circle = JSON.stringify({
      ...selection,
      edges: [...selection.edges, { id: 'back', type: 'edge', from: 'stem-2', to: 'stem-1', slot: 0 }],
    })
    expect(() => parseClipboard(circle)).toThrow(/cycle/)
  })

  it('pastes anything that can be copied', () => {
    const random = createRandom(8)
    for (let i = 0; i < 50; i++) {
      const document = randomDocument(random, 20, library)
      const ids = [...graphOf(document).nodes.keys()]
      const clipboard = parseClipboard(JSON.stringify(copySelection(document, ids)))!
      const diff = paste(base, clipboard)
      expect(addedNodeIds(diff)).toHaveLength(clipboard.nodes.length)
      applyDiff(base, diff)
    }
  })
})
