import { describe, expect, it } from 'vitest'
import { BUILT_IN_BLOCKS } from '@shared/architecture/blocks'
import { inspectDocument } from '@shared/architecture/checks'
import {
  copySelection,
  graphOf,
  innerNodeIds,
  setClasses,
  setInputShape,
  type ArchitectureDocument,
} from '@shared/architecture/document'
import { AppError } from '@shared/errors'
import { createRandom, type Random } from '@shared/random'
import { catalogue } from '@shared/architecture/catalogue'
import { newBlockDocument, newNetworkDocument, sampleNetworkDocument } from '../model/templates'
import {
  add,
  applyFix,
  connect,
  duplicate,
  group,
  move,
  paste,
  removeSelection,
  rename,
  setLabel,
  setMeta,
  setParameter,
  tidy,
  ungroup,
} from './edit-commands'
import { OpenDesign } from './open-design'

const library = BUILT_IN_BLOCKS
const open = (document: ArchitectureDocument = newNetworkDocument('net')): OpenDesign =>
  new OpenDesign({ key: 'k', document })

function anyInner(design: OpenDesign, random: Random, count: number): string[] {
  return random.shuffle(innerNodeIds(design.document)).slice(0, count)
}
const anyNode = (design: OpenDesign, random: Random): string =>
  random.choice([...graphOf(design.document).nodes.keys()])

/** Every command of the editor, with arguments drawn from a seed. */
const COMMANDS: Readonly<Record<string, (design: OpenDesign, random: Random) => void>> = {
  select: (design, random) =>
    design.select([...anyInner(design, random, 3), random.choice(['input', 'output', 'none'])]),
  addLayer: (design, random) => void add(design, library, { kind: random.choice([...catalogue.keys()]) }),
  addBlock: (design, random) => void add(design, library, { block: random.choice([...library.keys()]) }),
  addFree: (design, random) =>
    void add(design, library, { kind: 'add' }, null, { x: random.integer(500), y: random.integer(500) }),
  remove: (design) => void removeSelection(design, false),
  heal: (design) => void removeSelection(design, true),
  connect: (design, random) => connect(design, anyNode(design, random), anyNode(design, random)),
  move: (design, random) =>
    move(design, { [anyNode(design, random)]: { x: random.integer(90), y: random.integer(90) } }),
  tidy: (design) => void tidy(design),
  parameter: (design, random) => setParameter(design, anyInner(design, random, 2), 'channels', 1 + random.integer(64)),
  label: (design, random) => setLabel(design, anyNode(design, random), random.choice(['', 'one', 'two'])),
  rename: (design, random) => rename(design, `name-${random.integer(9)}`),
  input: (design, random) =>
    setMeta(design, 'input', (document) => setInputShape(document, [32, 32, 1 + random.integer(4)])),
  classes: (design, random) => setMeta(design, 'classes', (document) => setClasses(document, 2 + random.integer(9))),
  duplicate: (design) => void duplicate(design, library),
  paste: (design, random) =>
    void paste(design, library, copySelection(design.document, anyInner(design, random, 3), library), { x: 8, y: 8 }),
  group: (design, random) => group(design, library, `group-${random.integer(99)}`),
  ungroup: (design, random) => ungroup(design, library, [random.choice(innerNodeIds(design.document))]),
  fix: (design, random) => {
    const fixes = inspectDocument(design.document, library).problems.flatMap(({ fix }) => fix ?? [])
    if (fixes.length > 0) applyFix(design, random.choice(fixes))
  },
}

function run(name: string, design: OpenDesign, random: Random): void {
  try {
    COMMANDS[name]!(design, random)
  } catch (error) {
    // The document refuses some; choosing from nothing is a RangeError.
    if (!(error instanceof AppError || error instanceof RangeError)) throw error
  }
}

describe('commands of the editor', () => {
  it.each([1, 2, 3, 4, 5, 6])('can all be undone and redone, whatever their order (seed %i)', (seed) => {
    const random = createRandom(seed)
    const design = open(seed % 2 === 0 ? newNetworkDocument('net') : sampleNetworkDocument('sample'))
    const documents = [design.document]
    for (let i = 0; i < 60; i++) {
      run(random.choice(Object.keys(COMMANDS)), design, random)
      // Each command is one step: fields edited twice in a row join, which only shortens the list.
      const joined = documents.at(-1) !== design.document
      if (joined) documents.push(design.document)
      expect([...design.selection].every((id) => design.document.records[id] !== undefined)).toBe(true)
    }
    const last = design.document
    let undone = 0
    while (design.undo()) undone++
    expect(design.document).toEqual(documents[0])
    expect(undone).toBeGreaterThan(10)
    expect(undone).toBeLessThan(documents.length)
    while (design.redo()) undone--
    expect(undone).toBe(0)
    expect(design.document).toEqual(last)
  })

  it('all do something to a network that has what they need', () => {
    const random = createRandom(11)
    for (const name of Object.keys(COMMANDS)) {
      if (name === 'select' || name === 'tidy' || name === 'fix') continue
      const changed = Array.from({ length: 20 }, () => {
        const design = open(sampleNetworkDocument('sample'))
        design.select(['block-2', 'block-3'])
        run(name, design, random)
        return design.undoLabel !== undefined
      })
      expect(changed.some(Boolean), name).toBe(true)
    }
  })

  it('leave nothing behind when the document refuses in the middle of a step', () => {
    const design = open()
    const before = design.document
    expect(() =>
      design.step('connect', (apply) => {
        apply((document) => setClasses(document, 7))
        apply(() => {
          throw new AppError('invalid-input', 'No.')
        })
      }),
    ).toThrow('No.')
    expect(design.document).toEqual(before)
    expect(design.undoLabel).toBeUndefined()
  })
})

describe('an open design', () => {
  it('takes typing in one field as one step, until the field is left or something else happens', () => {
    const design = open()
    for (const value of [1, 12, 128]) setParameter(design, ['stem-1'], 'channels', value)
    design.endTyping()
    setParameter(design, ['stem-1'], 'channels', 64)
    setLabel(design, 'stem-1', 'first')
    expect(design.document.records['stem-1']).toMatchObject({ label: 'first', parameters: { channels: 64 } })
    design.undo()
    design.undo()
    expect(design.document.records['stem-1']).toMatchObject({ parameters: { channels: 128 } })
    design.undo()
    expect(design.document.records['stem-1']).toMatchObject({ parameters: { channels: 16 } })
    expect(design.undoLabel).toBeUndefined()
  })

  it('is not dirty once an edit is taken back, and saved means what was saved, not what was typed meanwhile', () => {
    const document = newNetworkDocument('net')
    const design = new OpenDesign({ key: 'k', document, designId: 'd1' })
    expect(design.isDirty).toBe(false)
    rename(design, 'other')
    expect(design.isDirty).toBe(true)
    design.undo()
    expect(design.isDirty).toBe(false)
    rename(design, 'other')
    const sent = design.document
    rename(design, 'later')
    design.markSaved('d1', sent)
    expect(design.isDirty).toBe(true)
    expect(open().isDirty).toBe(true)
  })

  it('keeps its selection through edits, drops what is gone, and selects what an undo brings back', () => {
    const design = open()
    design.select(['stem-2', 'stem-3'])
    setParameter(design, ['stem-1'], 'channels', 8)
    expect([...design.selection]).toEqual(['stem-2', 'stem-3'])
    design.select(['stem-2'])
    removeSelection(design, false)
    expect(design.selection.size).toBe(0)
    design.undo()
    expect([...design.selection]).toEqual(['stem-2'])
  })

  it('deletes connections as well as nodes, never input or output, and goes on from the node before', () => {
    const design = open()
    design.select(['input', 'edge-2', 'output'])
    expect(removeSelection(design, false)).toBe(1)
    expect(design.document.records['edge-2']).toBeUndefined()
    expect(design.document.records.input).toBeDefined()
    design.undo()
    design.select(['stem-2'])
    removeSelection(design, true)
    expect(design.primary).toBe('stem-1')
    expect(graphOf(design.document).incoming('stem-3')[0]?.from).toBe('stem-1')
  })

  it('puts a new node behind the selected one, into a selected connection, else in front of the output', () => {
    const design = open()
    add(design, library, { kind: 'identity' })
    expect(graphOf(design.document).incoming('output')[0]?.from).toBe('identity-1')
    design.select(['edge-1'])
    add(design, library, { kind: 'identity' })
    expect(graphOf(design.document).incoming('stem-1')[0]?.from).toBe('identity-2')
    design.select(['stem-1'])
    add(design, library, { kind: 'relu6' })
    expect(
      graphOf(design.document)
        .outgoing('stem-1')
        .map(({ to }) => to),
    ).toEqual(['relu6-1'])
    expect(design.primary).toBe('relu6-1')
  })

  it('makes new nodes as wide as what feeds them, and in a block lets them follow its width', () => {
    const network = open()
    network.select(['stem-3'])
    const id = add(network, library, { block: 'resnet-basic' })
    expect(network.document.records[id]).toMatchObject({ parameters: { width: 16 } })
    expect(inspectDocument(network.document, library).problems.filter(({ severity }) => severity === 'error')).toEqual(
      [],
    )
    const block = open(newBlockDocument('b'))
    const layer = add(block, library, { kind: 'conv2d' })
    expect(block.document.records[layer]).toMatchObject({ parameters: { channels: { bind: 'width' } } })
  })

  it('gives hand-made places back with one step of tidying', () => {
    const design = open()
    expect(tidy(design)).toBe(false)
    move(design, { 'stem-1': { x: 1, y: 2 }, 'stem-2': { x: 3, y: 4 } })
    expect(tidy(design)).toBe(true)
    expect(design.document.records['stem-1']).not.toHaveProperty('position')
    design.undo()
    expect(design.document.records['stem-1']).toMatchObject({ position: { x: 1, y: 2 } })
  })
})
