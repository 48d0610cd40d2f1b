// For tests: documents and edits drawn from a seed, over every edit operation there is.
import { AppError } from '../../../errors'
import type { Random } from '../../../random'
import type { BlockLibrary } from '../../block'
import type { ArchitectureDocument, DocumentDiff } from '../index'
import {
  EMPTY_DIFF,
  addNode,
  applyDiff,
  connect,
  copySelection,
  disconnect,
  duplicate,
  graphOf,
  groupIntoBlock,
  innerNodeIds,
  moveNodes,
  newNetworkDocument,
  paste,
  removeAndHeal,
  removeNodes,
  renameDocument,
  renameNode,
  setClasses,
  setInputShape,
  setParameter,
  ungroup,
} from '../index'

type Edit = (document: ArchitectureDocument, random: Random, library: BlockLibrary) => DocumentDiff

const KINDS = ['conv2d', 'batch-norm', 'relu', 'add', 'concatenate', 'max-pool', 'identity']
const some = (document: ArchitectureDocument, random: Random): string[] =>
  random.shuffle(innerNodeIds(document)).slice(0, 1 + random.integer(4))
const anyNode = (document: ArchitectureDocument, random: Random): string =>
  random.choice([...graphOf(document).nodes.keys()])
const anyEdge = (document: ArchitectureDocument, random: Random): string =>
  random.choice(
    graphOf(document)
      .edges.map((edge) => edge.id)
      .concat('none'),
  )
const number = (random: Random): number => random.integer(100)

export const EDITS: Readonly<Record<string, Edit>> = {
  add: (document, random) => addNode(document, { kind: random.choice(KINDS) }),
  addBlock: (document, random, library) =>
    addNode(document, { block: random.choice([...library.keys()]) }, { after: anyNode(document, random) }, library),
  addAfter: (document, random) =>
    addNode(document, { kind: random.choice(KINDS), label: 'x' }, { after: anyNode(document, random) }),
  insert: (document, random) => addNode(document, { kind: random.choice(KINDS) }, { edge: anyEdge(document, random) }),
  connect: (document, random) => connect(document, anyNode(document, random), anyNode(document, random)),
  connectSlot: (document, random) =>
    connect(document, anyNode(document, random), anyNode(document, random), random.integer(3)),
  disconnect: (document, random) => disconnect(document, anyEdge(document, random)),
  remove: (document, random) => removeNodes(document, some(document, random)),
  heal: (document, random) => removeAndHeal(document, some(document, random)),
  parameter: (document, random) =>
    setParameter(document, random.choice(innerNodeIds(document)), 'channels', random.choice([8, 16, undefined])),
  rename: (document, random) => renameNode(document, anyNode(document, random), random.choice(['', 'a', 'b'])),
  renameDocument: (document, random) => renameDocument(document, `net ${number(random)}`),
  move: (document, random) =>
    moveNodes(document, { [anyNode(document, random)]: { x: number(random), y: number(random) } }),
  input: (document, random) => setInputShape(document, [32, 32, 1 + random.integer(3)]),
  classes: (document, random) => setClasses(document, 2 + number(random)),
  group: (document, random, library) => {
    const { order } = graphOf(document)
    const inner = order.filter((id) => innerNodeIds(document).includes(id))
    const start = random.integer(Math.max(1, inner.length))
    const ids = inner.slice(start, start + 1 + random.integer(4))
    return groupIntoBlock(document, ids, `group-${number(random)}`, library)
  },
  ungroup: (document, random, library) => ungroup(document, random.choice(innerNodeIds(document)), library),
  duplicate: (document, random) => duplicate(document, some(document, random)),
  paste: (document, random) => paste(document, copySelection(document, some(document, random)), { x: 1, y: 2 }),
}

/** One edit; an empty diff where the document refuses it. */
export function randomEdit(document: ArchitectureDocument, random: Random, library: BlockLibrary): DocumentDiff {
  const edit = EDITS[random.choice(Object.keys(EDITS))]!
  try {
    return edit(document, random, library)
  } catch (error) {
    if (error instanceof AppError || error instanceof RangeError) return EMPTY_DIFF
    throw error
  }
}

/** A network after `edits` edits; often with loose ends, never with a circle. */
export function randomDocument(random: Random, edits: number, library: BlockLibrary): ArchitectureDocument {
  let document = newNetworkDocument('random')
  for (let i = 0; i < edits; i++) document = applyDiff(document, randomEdit(document, random, library))
  return document
}
